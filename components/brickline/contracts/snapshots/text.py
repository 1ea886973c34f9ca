"""The one text of a snapshot: made to be read in a pull request, where what is new is what was added."""

import json
from hashlib import sha256

from brickline.contracts.contract import Contract
from brickline.contracts.snapshots.snapshot import SNAPSHOT_FORMAT, Revision, Snapshot


def text_of(snapshot: Snapshot) -> str:
    """Return what the file of a snapshot holds, its own digest included."""
    document = {
        "digest": "",
        "format": SNAPSHOT_FORMAT,
        "topic": snapshot.topic,
        "retired": [
            {"version": each.version, "on": each.on.isoformat(), "why": each.why} for each in snapshot.retired
        ],
        "revisions": [_revision(each) for each in snapshot.revisions],
    }
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    return text.replace(_line(""), _line(digest_of(text, "")), 1)


def digest_of(text: str, stated: str) -> str:
    """Return SHA-256 of a file's text without the digest that it states, in hexadecimal."""
    return sha256(text.replace(_line(stated), _line(""), 1).encode()).hexdigest()


def contract_digest(contract: Contract) -> str:
    """Return SHA-256 of both schemas of a contract, in hexadecimal."""
    return sha256(f"{contract.writer.text}\n{contract.reader.text}".encode()).hexdigest()


def _line(digest: str) -> str:
    # Keys are sorted: it is the first line after the brace, and nothing before it can look like it.
    return f'{{\n  "digest": "{digest}",\n'


def _revision(revision: Revision) -> dict[str, object]:
    return {
        "version": revision.version,
        "number": revision.number,
        "digest": contract_digest(revision.contract),
        "writer": revision.contract.writer.document,
        "reader": revision.contract.reader.document,
    }

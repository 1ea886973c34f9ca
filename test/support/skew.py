"""Old and new side by side, as in a rollout: what one really writes, held against what the other reads."""

import json
import subprocess
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from brickline.contracts import Parser, Revision, Schema, documents, upcast_breaks, writer_schema
from brickline.contracts.proof import rejects
from brickline.contracts.witness.accepts import accepts
from brickline.schemas import BaseEvent, Payload, encode


def written(payload: type[Payload]) -> Iterator[JsonValue]:
    """Yield the data of events that the real model writes; what it would refuse is none of them."""
    for document in documents(writer_schema(payload), most=80):
        body = json.dumps(document).encode()
        if not rejects(document, {}, payload.model_validate_json)[0]:
            event = BaseEvent.of(
                payload.model_validate_json(body),
                event_id=uuid.UUID(int=1),
                trace_id="f" * 32,
                occurred_at=datetime(2026, 1, 31, tzinfo=UTC),
                source="skew",
                tenant="skew",
            )
            yield json.loads(encode(event))["data"]


def refused_by_old_reader(payload: type[Payload], revision: Revision, parser: Parser | None) -> list[str]:
    """Return what readers of a revision say against what is written now: by its schema, and by its model."""
    found: list[str] = []
    reader = revision.contract.reader
    for data in written(payload):
        if not _reads(reader, data):
            found.append(f"{_of(revision)} does not read {data}")
        if parser is not None and (said := rejects(data, {}, parser))[0]:
            found.append(f"the real model of {_of(revision)} says {said[1]!r} of {data}")
    return found


def refused_by_new_reader(payload: type[Payload], revision: Revision, parser: Parser | None) -> list[str]:
    """Return what the real model of today says against what a revision wrote, as events of its version."""
    breaks = upcast_breaks(revision.contract, payload, old_model=parser)
    return [f"{_of(revision)} wrote {each.witness and each.witness.document}: {each.says}" for each in breaks]


def previous_release(root: Path) -> str | None:
    """Return what is deployed beside HEAD: the last release tagged before it, else where its branch began.

    On the main branch itself it is the commit before. None if there is none of these.
    """
    tags = ("describe", "--tags", "--abbrev=0", "--match=v[0-9]*", "--match=stable-*", "HEAD^")
    if tag := _git(root, *tags):
        return tag
    head = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    for main in ("origin/main", "main"):
        began = _git(root, "merge-base", "HEAD", main)
        if began is not None and began != head:
            return began
    return _git(root, "rev-parse", "--verify", "--quiet", "HEAD^")


def _reads(reader: Schema, data: JsonValue) -> bool:
    return accepts(reader.document, reader.document["$defs"], data, "reads")


def _of(revision: Revision) -> str:
    return f"{revision.contract.topic} version {revision.version}, revision {revision.number},"


def _git(root: Path, *arguments: str) -> str | None:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None

"""Reading a snapshot, and telling what is wrong with one that is not as it was written."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from brickline.contracts.contract import Contract, Schema
from brickline.contracts.errors import (
    EditedSnapshot,
    NewerSnapshot,
    SnapshotError,
    UnreadableSnapshot,
)
from brickline.contracts.snapshots.json_text import NotPlainJson, UnfinishedMerge, loaded
from brickline.contracts.snapshots.names import SUFFIX, is_topic, restored
from brickline.contracts.snapshots.sequence import out_of_sequence
from brickline.contracts.snapshots.snapshot import SNAPSHOT_FORMAT, Retired, Revision, Snapshot
from brickline.contracts.snapshots.text import contract_digest, digest_of

_KEYS = {"digest": str, "format": int, "retired": list, "revisions": list, "topic": str}
_REVISION_KEYS = {"digest": str, "number": int, "reader": dict, "version": int, "writer": dict}
_RETIRED_KEYS = {"on": str, "version": int, "why": str}


def parse(content: bytes, file: str, *, way_out: str | None = None) -> Snapshot:
    """Read what a file holds; `file` is its path, which errors name and which ends in `<topic>.json`.

    What errors say to do is `way_out`; for want of it, how to have a file of the work tree back.
    Raises `UnreadableSnapshot`, `EditedSnapshot`, `NewerSnapshot`.
    """
    return _Reading(file, way_out).snapshot(content)


class _Reading:
    """One file, named in whatever is wrong with it."""

    def __init__(self, file: str, way_out: str | None) -> None:
        self._file = file
        self._topic = file.replace("\\", "/").rpartition("/")[2].removesuffix(SUFFIX)
        self._way_out = way_out or restored(self._topic)
        self._way_out_of_a_merge = way_out or restored(self._topic, "<the other branch>")

    def snapshot(self, content: bytes) -> Snapshot:
        try:
            text, found = loaded(content)
        except UnfinishedMerge as error:
            raise UnreadableSnapshot(f"{self._file}: {error}: {self._way_out_of_a_merge}") from error
        except NotPlainJson as error:
            raise UnreadableSnapshot(f"{self._file}: {error}; {self._way_out}") from error
        self._check_format(found)
        document = self._shaped(found, _KEYS, "the snapshot")
        if document["topic"] != self._topic or not is_topic(self._topic):
            self._refuse(
                f"its topic is {document['topic'][:200]!r}, which is not what the file is named after"
            )
        if digest_of(text, document["digest"]) != document["digest"]:
            self._refuse("its digest is not that of its content: it was edited, or merged", EditedSnapshot)
        revisions = tuple(self._revision(each) for each in document["revisions"])
        retired = tuple(self._retired(each) for each in document["retired"])
        if wrong := out_of_sequence(revisions, retired):
            self._refuse(wrong)
        return Snapshot(self._topic, revisions, retired)

    def _check_format(self, document: object) -> None:
        found = document.get("format") if isinstance(document, Mapping) else None
        if isinstance(found, int) and not isinstance(found, bool) and found > SNAPSHOT_FORMAT:
            raise NewerSnapshot(
                f"{self._file}: has format {found}, and this release reads format {SNAPSHOT_FORMAT}: bring "
                "your branch up to date with the one that it was written on"
            )
        if isinstance(document, Mapping) and (type(found) is not int or found != SNAPSHOT_FORMAT):
            self._refuse(f"states no format that there is: {SNAPSHOT_FORMAT} is the only one so far")

    def _shaped(self, part: object, keys: Mapping[str, type], what: str) -> Mapping[str, Any]:
        if not isinstance(part, Mapping):
            self._refuse(f"{what} is not an object")
        if differing := sorted(part.keys() ^ keys.keys()):
            state = "lacks" if differing[0] in keys else "has an unknown"
            self._refuse(f"{what} {state} {differing[0][:200]!r}")
        for key, kind in keys.items():
            if type(part[key]) is not kind:
                self._refuse(f"{key!r} of {what} is not of the type {kind.__name__}")
        return part

    def _revision(self, found: object) -> Revision:
        part = self._shaped(found, _REVISION_KEYS, "a revision")
        name = f"version {part['version']}, revision {part['number']}"
        for side in ("writer", "reader"):
            if not isinstance(part[side].get("$defs"), dict):
                self._refuse(f'the {side}\'s schema of {name} has no "$defs"')
        contract = Contract(
            self._topic, part["version"], Schema.of(part["writer"]), Schema.of(part["reader"])
        )
        if contract_digest(contract) != part["digest"]:
            self._refuse(f"the schemas of {name} are not those of its digest", EditedSnapshot)
        return Revision(part["version"], part["number"], contract)

    def _retired(self, found: object) -> Retired:
        part = self._shaped(found, _RETIRED_KEYS, "a retired version")
        try:
            return Retired(part["version"], date.fromisoformat(part["on"]), part["why"])
        except ValueError as error:
            raise UnreadableSnapshot(
                f"{self._file}: {part['on'][:40]!r} is no date; {self._way_out}"
            ) from error

    def _refuse(self, what: str, error: type[SnapshotError] = UnreadableSnapshot) -> NoReturn:
        raise error(f"{self._file}: {what}; {self._way_out}")

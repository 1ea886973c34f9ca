"""Giving up a version that nothing holds any more."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from brickline.contracts.derive.envelope import ENVELOPE
from brickline.contracts.errors import UnknownTopic, UnretirableVersion
from brickline.contracts.pipeline import Pipeline
from brickline.contracts.snapshots import Retired, Snapshot, SnapshotFolder


def retire(
    folder: SnapshotFolder,
    topic: str,
    version: int,
    *,
    why: str,
    on: date,
    pipeline: Pipeline | None = None,
) -> None:
    """Take the oldest retained version from the record, so that its upcaster may go.

    Whether something still holds an event of it, the caller has to know. The newest version is retired only
    where `pipeline`, the code, has no such topic any more. Raises `UnretirableVersion`, `UnknownTopic`, and
    what is wrong with the files.
    """
    with folder.held():
        recorded = folder.read()
        check_retirable(recorded, topic, version, why=why, pipeline=pipeline)
        folder.write([_without(recorded[topic], Retired(version, on, why.strip()))])


def check_retirable(
    recorded: Mapping[str, Snapshot],
    topic: str,
    version: int,
    *,
    why: str,
    pipeline: Pipeline | None = None,
) -> None:
    """Raise what `retire` would raise by what is recorded, before anybody looks for events."""
    if topic == ENVELOPE:
        raise UnretirableVersion(
            "the envelope has one version and keeps it, with all its revisions: every event is in it"
        )
    if topic not in recorded:
        known = ", ".join(each for each in recorded if each != ENVELOPE) or "none"
        raise UnknownTopic(f"no snapshot is of the topic {topic!r}: there are {known}")
    in_code = pipeline is None or pipeline.topic(topic) is not None
    if wrong := _unretirable(recorded[topic], version, why, in_code):
        raise UnretirableVersion(f"{topic!r} version {version} cannot be retired: {wrong}")


def _unretirable(snapshot: Snapshot, version: int, why: str, in_code: bool) -> str | None:
    for each in snapshot.retired:
        if each.version == version:
            return f"that was done on {each.on.isoformat()} ({each.why})"
    if version not in snapshot.versions:
        return f"there is no such version; retained: {', '.join(map(str, snapshot.versions)) or 'none'}"
    if version != snapshot.versions[0]:
        oldest = snapshot.versions[0]
        return f"version {oldest} is read by way of it: retire version {oldest} first"
    if version == snapshot.newest.version and in_code:
        return "it is the newest, and written today: make a new version first, or remove the topic's payload"
    return None if why.strip() else "nothing says why: state what shows that no event of it is left"


def _without(snapshot: Snapshot, retired: Retired) -> Snapshot:
    kept = tuple(each for each in snapshot.revisions if each.version != retired.version)
    return replace(snapshot, revisions=kept, retired=(*snapshot.retired, retired))

"""Findings about versions and topics as a whole, of which no document is the matter."""

from collections.abc import Iterable
from dataclasses import replace

from brickline.contracts.contract import Contract
from brickline.contracts.described import differences
from brickline.contracts.gate.report import Finding, FindingKind
from brickline.contracts.gate.sources import source_of
from brickline.contracts.gate.ways import TAKE_BACK
from brickline.contracts.pipeline import Topic
from brickline.contracts.snapshots import Snapshot


def out_of_turn(topic: Topic, snapshot: Snapshot) -> Finding:
    """Return that a version is neither the last one nor the next."""
    says, ways = _turn(topic, snapshot)
    last = snapshot.last_version
    return _about(topic, FindingKind.VERSION, f"version {last}" if last else "nothing", says, ways)


def _turn(topic: Topic, snapshot: Snapshot) -> tuple[str, tuple[str, ...]]:
    model, version, last = topic.payload.__name__, topic.payload.version, snapshot.last_version
    following = f"`version: ClassVar[int] = {last + 1}` in {model}"
    if not last:
        return f"the topic is new, and its first version is {version}", (f"begin with 1: {following}",)
    if version > last:
        says = f"the version is {version}, and the last one recorded is {last}"
        return says, (f"count on by one: {following}, with an upcaster from version {last}",)
    if snapshot.gone:
        says = f"the version is {version}, and all up to {last} are retired: what they were may be known"
        return says, (f"go on where the topic ended: {following}",)
    return f"the version is {version}, and {last} is recorded, whose events may be about", (
        f"{TAKE_BACK}: put version {last} of {model} back",
        f"make what it was the next one: {following}, with an upcaster from version {last}",
    )


def without_upcaster(topic: Topic, version: int, snapshot: Snapshot) -> Finding:
    """Return that nothing leads on from a version: it was taken away, or of a new version never written."""
    entry = f"`{version}: <function>` in the `upcasters` of {topic.payload.__name__}"
    against = f"version {version}"
    if version == snapshot.newest.version:
        says = f"there is no upcaster from version {version}, whose events may be about"
        way = f"write one: {entry}, which turns its data into that of version {version + 1}"
        return _about(topic, FindingKind.UPCASTER, against, says, (way,))
    says = f"the upcaster from version {version} is gone, and the version is retained"
    held = [each for each in snapshot.versions if each <= version]
    ways = (
        f"{TAKE_BACK}: put it back as it was, {entry}",
        f"if no event of it is left: {_retiring(topic.name, held)}",
    )
    return _about(topic, FindingKind.REMOVED, against, says, ways)


def unrecorded(topic: Topic, new: Contract, snapshot: Snapshot) -> Finding:
    """Return that all is well but for the record."""
    version, last = new.version, snapshot.last_version
    if not last:
        says = "the topic is new and not on record yet"
    elif version == last:
        says = f"the change within version {version} is safe in both directions, and not on record yet"
    else:
        says = f"version {version} is new and not on record yet; nothing speaks against it"
    ways = (f"`brickline contracts accept {topic.name}`, and commit the file that it writes",)
    found = _about(topic, FindingKind.UNRECORDED, f"version {last}" if last else "nothing", says, ways)
    return replace(found, changes=differences(None if snapshot.gone else snapshot.newest.contract, new))


def without_model(snapshot: Snapshot) -> Finding:
    """Return that a topic is gone from the code while versions of it are retained."""
    versions = snapshot.versions
    return Finding(
        topic=snapshot.topic,
        kind=FindingKind.REMOVED,
        path="$",
        rule=FindingKind.REMOVED,
        direction=None,
        against="; ".join(f"version {version}" for version in versions),
        says="no payload has the topic any more, and its events may be about",
        witness=None,
        readers=(),
        ways_out=(
            f"{TAKE_BACK}: put its model back among the PAYLOADS, and its readers, until nothing holds an "
            "event of it",
            f"if no event of it is left: {_retiring(snapshot.topic, versions)}",
        ),
    )


def _retiring(topic: str, versions: Iterable[int]) -> str:
    return ", then ".join(
        f'`brickline contracts retire {topic} {version} --why "..."`' for version in versions
    )


def _about(topic: Topic, kind: FindingKind, against: str, says: str, ways: tuple[str, ...]) -> Finding:
    readers = () if kind is FindingKind.UNRECORDED else topic.readers
    source = source_of(topic.payload)
    return Finding(topic.name, kind, "$", kind, None, against, says, None, readers, ways, source=source)

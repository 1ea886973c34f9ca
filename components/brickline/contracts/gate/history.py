"""Whether what is recorded continues what the base recorded."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from brickline.contracts.gate.report import Finding, FindingKind
from brickline.contracts.snapshots import Snapshot
from brickline.contracts.snapshots.names import restored


def rewritten(recorded: Mapping[str, Snapshot], base: Mapping[str, Snapshot]) -> Iterator[Finding]:
    """Yield one finding for each topic whose history is not that of the base with something added.

    Versions that are retired since then may be missing.
    """
    for topic, before in base.items():
        after = recorded.get(topic)
        if after is None:
            yield _finding(topic, "the base", "its snapshot is deleted")
        elif wrong := _first_difference(before, after):
            yield _finding(topic, *wrong)


def _first_difference(before: Snapshot, after: Snapshot) -> tuple[str, str] | None:
    retired = {each.version for each in after.retired}
    for was, now in zip_longest(before.retired, after.retired[: len(before.retired)]):
        if was != now:
            return (
                f"version {was.version} of the base",
                "that it is retired is not on record here",
            )
    kept = [each for each in before.revisions if each.version not in retired]
    for each, now in zip_longest(kept, after.revisions[: len(kept)]):
        name = f"version {each.version}, revision {each.number} of the base"
        if now is None:
            return name, "it is missing here"
        if now != each:
            return name, f"here version {now.version}, revision {now.number} stands in its place"
    return None


def _finding(topic: str, against: str, says: str) -> Finding:
    return Finding(
        topic=topic,
        kind=FindingKind.REWRITTEN,
        path="$",
        rule=FindingKind.REWRITTEN,
        direction=None,
        against=against,
        says=f"{says}: others run what the base records, whatever stands here",
        witness=None,
        readers=(),
        ways_out=(
            "if the base moved on: bring your branch up to date with it",
            f"else take the base's snapshot: {restored(topic, '<base>')}",
        ),
    )

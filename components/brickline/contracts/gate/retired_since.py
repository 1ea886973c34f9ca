"""Versions that were retired since the base: what anybody can write into a snapshot by hand."""

from collections.abc import Iterator, Mapping

from brickline.contracts.gate.report import Finding, FindingKind, Notice
from brickline.contracts.snapshots import Retired, Snapshot
from brickline.contracts.snapshots.names import restoring


def retired_since(
    recorded: Mapping[str, Snapshot], base: Mapping[str, Snapshot]
) -> Iterator[Finding | Notice]:
    """Yield a notice for each, and a finding for one that the base still writes beside its successor.

    Where the successor comes with the same change nothing of it has run: whatever there is, is of the version
    that was retired. A topic that ends altogether has no successor, and is only noticed.
    """
    for topic, before in base.items():
        if (after := recorded.get(topic)) is None:
            continue
        known = {each.version for each in before.retired}
        for each in after.retired:
            if each.version in known:
                continue
            if not before.gone and not after.gone and each.version == before.newest.version:
                yield _too_early(topic, each)
            else:
                says = f"version {each.version} was retired on {each.on.isoformat()}: {each.why}"
                yield Notice(topic, "$", says)


def _too_early(topic: str, each: Retired) -> Finding:
    return Finding(
        topic=topic,
        kind=FindingKind.REWRITTEN,
        path="$",
        rule=FindingKind.REWRITTEN,
        direction=None,
        against=f"version {each.version} of the base",
        says=(
            f"retired on {each.on.isoformat()} ({each.why}), before anything of the new version has run: the "
            "base writes it, and its events may be about"
        ),
        witness=None,
        readers=(),
        ways_out=(
            f"take the base's snapshot: {restoring([topic], '<base>')}, keep the upcaster from version "
            f"{each.version}, and `brickline contracts accept {topic}`; when the new version runs "
            f'everywhere: `brickline contracts retire {topic} {each.version} --why "..."`',
        ),
    )

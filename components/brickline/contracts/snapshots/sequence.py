"""The order that a history keeps, by which a missing or a doubled entry shows."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from brickline.contracts.snapshots.snapshot import Retired, Revision


def out_of_sequence(revisions: Sequence[Revision], retired: Sequence[Retired]) -> str | None:
    """Return what is missing or stands there twice; None if nothing does.

    Versions are counted from 1, the retired ones first, and revisions from 1 within each.
    """
    if not revisions and not retired:
        return "it records no version at all"
    retained = [version for version, _ in groupby(revision.version for revision in revisions)]
    versions = [*(each.version for each in retired), *retained]
    expected = list(range(1, len(versions) + 1))
    if versions != expected:
        return f"its versions are {_listed(versions)}, and should be counted from 1, the retired ones first"
    for version, group in groupby(revisions, key=lambda revision: revision.version):
        found = list(group)
        numbers = [revision.number for revision in found]
        if numbers != list(range(1, len(numbers) + 1)):
            return f"the revisions of version {version} are {_listed(numbers)}, and should be counted from 1"
        for before, after in pairwise(found):
            if before.contract == after.contract:
                return f"revision {after.number} of version {version} repeats the one before it"
    return None


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:20])) or "none"

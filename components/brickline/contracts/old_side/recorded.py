"""The snapshots of another git revision."""

from collections.abc import Mapping
from pathlib import Path

from brickline.contracts.old_side.git import Commit
from brickline.contracts.snapshots.names import SUFFIX
from brickline.contracts.snapshots.reading import parse
from brickline.contracts.snapshots.snapshot import Snapshot

SNAPSHOTS = "components/brickline/schemas/snapshots"
"""Where snapshots stand, from the root of the workspace."""


def snapshots_at(root: Path, ref: str) -> Mapping[str, Snapshot]:
    """Return the snapshots of a revision by their topics, sorted; none of one before there were any.

    Raises `UnknownBase`, and what `parse` raises for a file that is wrong there.
    """
    files = Commit.named(root, ref).files(SNAPSHOTS)
    found = [
        parse(content, f"{ref}:{SNAPSHOTS}/{name}")
        for name, content in sorted(files.items())
        if name.endswith(SUFFIX) and not name.startswith(".") and "/" not in name
    ]
    return {snapshot.topic: snapshot for snapshot in found}

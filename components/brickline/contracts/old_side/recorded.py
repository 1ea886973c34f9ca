"""The snapshots of another git revision."""

from collections.abc import Mapping
from pathlib import Path

from brickline.contracts.old_side.git import Commit
from brickline.contracts.snapshots.names import FOLDER, SUFFIX
from brickline.contracts.snapshots.reading import parse
from brickline.contracts.snapshots.snapshot import Snapshot

_WAY_OUT = "name a commit whose snapshots are whole, or mend that branch first"


def snapshots_at(root: Path, ref: str) -> Mapping[str, Snapshot]:
    """Return the snapshots of a revision by their topics, sorted; none of one before there were any.

    Raises `UnknownBase`, and what `parse` raises for a file that is wrong there.
    """
    files = Commit.named(root, ref).files(FOLDER)
    found = [
        parse(content, f"{ref}:{FOLDER}/{name}", way_out=_WAY_OUT)
        for name, content in sorted(files.items())
        if name.endswith(SUFFIX) and not name.startswith(".") and "/" not in name
    ]
    return {snapshot.topic: snapshot for snapshot in found}

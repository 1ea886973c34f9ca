"""What is recorded of each topic's contracts, in files beside the models."""

from brickline.contracts.snapshots.folder import SnapshotFolder
from brickline.contracts.snapshots.reading import parse
from brickline.contracts.snapshots.snapshot import SNAPSHOT_FORMAT, Retired, Revision, Snapshot
from brickline.contracts.snapshots.text import text_of

__all__ = ["SNAPSHOT_FORMAT", "Retired", "Revision", "Snapshot", "SnapshotFolder", "parse", "text_of"]

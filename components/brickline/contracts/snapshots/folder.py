"""The folder of snapshots, one file per topic."""

import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from brickline.contracts.errors import UnreadableSnapshot, UnwritableSnapshot
from brickline.contracts.snapshots.atomic import replace_all
from brickline.contracts.snapshots.json_text import MAX_BYTES
from brickline.contracts.snapshots.names import SUFFIX, file_name, restoring
from brickline.contracts.snapshots.reading import parse
from brickline.contracts.snapshots.snapshot import Snapshot
from brickline.contracts.snapshots.text import text_of


class SnapshotFolder:
    """Snapshots on disk, in `<topic>.json` each; what is called otherwise there is left alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def file_of(self, topic: str) -> Path:
        """Return where the snapshot of a topic stands, or would. Raises `UnreadableSnapshot`."""
        return self.path / file_name(topic)

    def read(self) -> Mapping[str, Snapshot]:
        """Return every snapshot by its topic, sorted; none if there is no folder yet.

        Raises what `parse` raises, for the first file that is wrong.
        """
        try:
            files = sorted(path for path in self.path.iterdir() if path.name.endswith(SUFFIX))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise UnreadableSnapshot(
                f"{self.path}: cannot be listed ({error.strerror}): snapshots stand in a folder"
            ) from error
        snapshots = [parse(_content(path), str(path)) for path in files if not path.name.startswith(".")]
        return {snapshot.topic: snapshot for snapshot in snapshots}

    def write(self, snapshots: Iterable[Snapshot]) -> None:
        """Put each in its file, whole, and none if one of them cannot be. Raises `UnwritableSnapshot`."""
        replace_all({self.file_of(each.topic): _bytes_of(each) for each in snapshots})

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other process that changes snapshots out, between a look at them and a change."""
        try:
            self.path.mkdir(exist_ok=True)
            descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise UnwritableSnapshot(
                f"{self.path}: is no folder that can be written to ({error.strerror}): make it one"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _bytes_of(snapshot: Snapshot) -> bytes:
    try:
        content = text_of(snapshot).encode()
    except ValueError as error:
        raise UnwritableSnapshot(
            f"{snapshot.topic}: its schema holds what JSON cannot say ({error}): see its bounds and patterns"
        ) from error
    if len(content) > MAX_BYTES:
        raise UnwritableSnapshot(
            f"{snapshot.topic}: its snapshot would have {len(content):,} bytes, more than the {MAX_BYTES:,} "
            "that can be read: retire what nothing holds any more"
        )
    return content


def _way_out(path: Path) -> str:
    return f"take it away, then {restoring([path.name.removesuffix(SUFFIX)])}"


def _content(path: Path) -> bytes:
    """Return what a plain file holds; nothing else is opened, as some things never end or never begin."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a link" if path.is_symlink() else "no file"
            raise UnreadableSnapshot(f"{path}: is {kind}, and not the plain file: {_way_out(path)}")
        if found.st_size > MAX_BYTES:
            raise UnreadableSnapshot(
                f"{path}: has {found.st_size:,} bytes, and no snapshot has more than {MAX_BYTES:,}: "
                f"{_way_out(path)}"
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableSnapshot(f"{path}: cannot be read ({error.strerror}): see who may") from error

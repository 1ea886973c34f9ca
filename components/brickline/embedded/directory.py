"""The directory an embedded server lives in: what it holds, whether it is usable, and who holds it.

lock          held by the one process that serves from here
cluster/      PostgreSQL's own data directory
postgres.log  what PostgreSQL had to say
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brickline.embedded.binaries import MAJOR
from brickline.embedded.errors import DataDirectoryError, DataDirectoryInUseError


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The paths below `root`, an absolute path."""

    root: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "cluster"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.root / "postgres.log"

    def prepare(self) -> None:
        """Create the directory with its parents.

        Raises:
            DataDirectoryError: it is a file, may not be written, or belongs to another PostgreSQL.

        """
        if (self.root / "PG_VERSION").exists():
            raise DataDirectoryError(
                self.root,
                "it is the data directory of another PostgreSQL server",
                "Choose another data directory.",
            )
        with _explained(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        self._check_major()

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory against every other process; the lock falls with this process, however it ends.

        Raises:
            DataDirectoryInUseError: another holder serves from it now.

        """
        with _explained(self.root):
            descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DataDirectoryInUseError(self.root, _pid_in(descriptor)) from None
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
            yield
        finally:
            os.close(descriptor)

    def _check_major(self) -> None:
        try:
            major = (self.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unusable(self.root, error) from error
        if major != str(MAJOR):
            raise DataDirectoryError(
                self.root,
                f"its data was made by PostgreSQL {major}, and this is PostgreSQL {MAJOR}",
                "Run the version of Brickline that made it, or choose another data directory to start empty.",
            )


@contextlib.contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, NotADirectoryError) as error:
        raise DataDirectoryError(
            directory, "it, or a folder above it, is a file", "Choose another data directory."
        ) from error
    except OSError as error:
        raise _unusable(directory, error) from error


def _unusable(directory: Path, error: OSError) -> DataDirectoryError:
    problem = f"it may not be created or written ({error.strerror})"
    return DataDirectoryError(directory, problem, "Make it writable, or choose another data directory.")


def _pid_in(descriptor: int) -> int | None:
    text = os.pread(descriptor, 20, 0).strip()
    return int(text) if text.isdigit() else None

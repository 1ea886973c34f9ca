"""The system account PostgreSQL runs under: it refuses to run as root."""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from brickline.embedded.errors import DataDirectoryError, ServerError

_ACCOUNT = "pgserver"


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that drop root's rights; empty for an ordinary user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Who the server runs as. Without a `uid` that is whoever runs this process."""

    uid: int | None = None
    gid: int | None = None

    def run_as(self) -> RunAs:
        """Return what `subprocess` needs to start a process under this account."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make the account the owner of `path`."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def open_way_to(self, path: Path) -> None:
        """Let the account pass through the folders above `path`.

        Only the right to pass is added (not to list or to read), and only where it is missing: without it
        root could keep no data below a private folder such as its own home.
        """
        if self.uid is None:
            return
        for folder in path.parents:
            found = folder.stat()
            if found.st_uid != self.uid and not found.st_mode & stat.S_IXOTH:
                _allow_passing(folder, found.st_mode)


def account_for(cluster: Path) -> Account:
    """Return the account that owns an existing cluster, or one fit to own a new one.

    Raises:
        ServerError: root runs this process and no other account can be made for PostgreSQL.

    """
    if os.geteuid() != 0:
        return Account()
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    entry = _existing_or_new()
    return Account(entry.pw_uid, entry.pw_gid)


def _existing_or_new() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        problem = _add_account()
    try:  # two processes may add it at once: what counts is that it exists now
        return pwd.getpwnam(_ACCOUNT)
    except KeyError:
        raise ServerError(
            f"PostgreSQL does not run as root, and the system account {_ACCOUNT!r} could not be added "
            f"({problem}). Run as an ordinary user, or add that account."
        ) from None


def _add_account() -> str:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - constant
    except OSError as error:
        return str(error)
    return done.stderr.strip()


def _allow_passing(folder: Path, mode: int) -> None:
    try:
        folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
    except OSError as error:
        raise DataDirectoryError(
            folder,
            f"PostgreSQL's account may not pass through it ({error.strerror})",
            f"Allow it with `chmod o+x {folder}`, or choose another data directory.",
        ) from error

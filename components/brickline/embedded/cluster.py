"""Making a new cluster, whole or not at all."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from brickline.embedded.account import Account
from brickline.embedded.binaries import Binaries
from brickline.embedded.directory import DataDirectory
from brickline.embedded.errors import ServerError

SUPERUSER = "postgres"
_UNFINISHED = "initialising-"


def ensure_cluster(directory: DataDirectory, binaries: Binaries, account: Account) -> None:
    """Make the cluster unless it exists: built aside and renamed, so that a half-made one is never served.

    Raises:
        ServerError: `initdb` failed; nothing of the attempt is left behind.

    """
    for unfinished in directory.root.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if directory.cluster.exists():
        return
    aside = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=directory.root))
    try:
        account.give(aside)
        _initdb(aside, directory.root, binaries, account)
        aside.rename(directory.cluster)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _initdb(target: Path, root: Path, binaries: Binaries, account: Account) -> None:
    command = [
        str(binaries.initdb),
        f"--pgdata={target}",
        f"--username={SUPERUSER}",
        "--auth=trust",  # the socket's mode keeps other users out
        "--encoding=UTF8",
        # Sorts the same on every machine, whatever locales the operating system has or lacks.
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    ]
    done = subprocess.run(  # noqa: S603 - our own program, no shell
        command,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=SERVER_ENVIRONMENT,
        **account.run_as(),
    )
    if done.returncode != 0:
        raise ServerError(
            f"PostgreSQL could not make a database in {root}: {_last_lines(done.stderr)} "
            "Check the free space and the rights of that directory, or choose another one."
        )


def _last_lines(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if "error" in line.lower() or "fatal" in line.lower()]
    return " ".join(lines[-3:]) or " ".join(text.split())[-300:] or "it gave no reason."


SERVER_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
"""All that PostgreSQL's programs see: a stray PGPORT or PGOPTIONS must not steer them."""

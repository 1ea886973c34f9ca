"""A server that another process runs, seen from outside."""

from pathlib import Path
from urllib.parse import quote

from brickline.embedded.cluster import SUPERUSER
from brickline.embedded.directory import DataDirectory
from brickline.embedded.leftover import postmaster_pid, serves

# The lines of the server's pid file (PostgreSQL's miscadmin.h), counted from 0.
_PORT, _SOCKET_FOLDER, _STATE = 3, 4, 7


def holds_data(data_dir: Path) -> bool:
    """Tell whether a server was ever made on `data_dir`."""
    return _directory(data_dir).cluster.is_dir()


def dsn_of_running(data_dir: Path, database: str = "postgres") -> str | None:
    """Return how to reach `database` on the server that runs on `data_dir` now; None when none is ready.

    Changes nothing. Only the user who started the server, or root, may open its socket.
    """
    cluster = _directory(data_dir).cluster
    pid = postmaster_pid(cluster)
    if pid is None or not serves(pid, cluster):
        return None
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:  # it has stopped meanwhile
        return None
    if len(lines) <= _STATE or lines[_STATE].strip() != "ready":
        return None
    folder, port = quote(lines[_SOCKET_FOLDER]), lines[_PORT]
    return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={folder}&port={port}"


def _directory(data_dir: Path) -> DataDirectory:
    return DataDirectory(Path(data_dir).expanduser().absolute())

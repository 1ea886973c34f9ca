"""A server that outlived the process which started it, after a kill -9."""

import os
import signal
import subprocess
import time
from pathlib import Path

from brickline.embedded.errors import ServerError
from brickline.embedded.socket_folder import PORT

_NOBODY = 2**30  # above every kernel's limit, so that no process has it


def stop_leftover(cluster: Path, timeout_s: float = 30) -> None:
    """Stop a server that still runs on `cluster`, and take strangers' pids out of what it left.

    Call it only while holding the directory: a server found then has no owner any more.

    Raises:
        ServerError: it did not stop in time.

    """
    (cluster.parent / f".s.PGSQL.{PORT}.lock").unlink(
        missing_ok=True
    )  # we hold the directory: it says no more
    pid = postmaster_pid(cluster)
    if pid is None:
        return
    if not serves(pid, cluster):
        _disown(cluster / "postmaster.pid")
        return
    for stop, patience_s in ((signal.SIGINT, timeout_s * 2 / 3), (signal.SIGQUIT, timeout_s / 3)):
        _signal(pid, stop)
        if _gone(pid, cluster, patience_s):
            return
    raise ServerError(
        f"A PostgreSQL server left over from an earlier run, the process {pid}, still holds "
        f"{cluster.parent} and does not stop. End it with `kill -QUIT {pid}` and start again."
    )


def _disown(pid_file: Path) -> None:
    """Replace a pid that another process may bear by now: PostgreSQL would take that one for a server.

    The rest stays, for PostgreSQL finds in it whether children of the dead server still use the data.
    """
    _, newline, rest = pid_file.read_text().partition("\n")
    pid_file.write_text(f"{_NOBODY}{newline}{rest}")


def postmaster_pid(cluster: Path) -> int | None:
    """Return the pid in the cluster's pid file, None without one."""
    try:
        first = (cluster / "postmaster.pid").read_text().split("\n", 1)[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() else None


def serves(pid: int, cluster: Path) -> bool:
    """Say whether the process `pid` is a PostgreSQL server of `cluster`, by its command line."""
    proc = Path("/proc/self").exists()
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes() if proc else _command_of(pid)
    except (FileNotFoundError, ProcessLookupError):
        return False
    return os.fsencode(cluster) in command


def _command_of(pid: int) -> bytes:
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603 - constant


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _gone(pid: int, cluster: Path, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while serves(pid, cluster):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True

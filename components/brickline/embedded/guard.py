"""A watcher that stops the server when this process ends without having done so."""

import subprocess
from pathlib import Path

# Blocks until every writer of its input is gone, which is when this process has ended, however it ended. The
# pid is compared again, for it may name another process by then.
_SCRIPT = """
read -r dismissed && exit 0
read -r pid < "$2/postmaster.pid" || exit 0
[ "$pid" = "$1" ] && kill -INT "$1"
"""


class Guard:
    """Sends the server `pid` of `cluster` its stop signal when this process is killed."""

    def __init__(self, pid: int, cluster: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - constant script; the arguments are not parsed
            ["/bin/sh", "-c", _SCRIPT, "brickline-postgres-guard", str(pid), str(cluster)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """End the watch without stopping the server."""
        self._process.communicate(b"dismissed\n")

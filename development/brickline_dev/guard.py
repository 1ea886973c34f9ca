"""Ending the processes we started when we are killed and cannot do it ourselves."""

import os
import subprocess

# Blocks until the last writer of its input is gone: this process, however it ended.
_SCRIPT = 'read -r dismissed && exit 0; kill -TERM "$@"'


class Guard:
    """Sends SIGTERM to `pids` when this process ends without having called `dismiss`."""

    def __init__(self, *pids: int) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", _SCRIPT, "brickline-guard", *map(str, pids)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.sep,
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """End the watch; the processes go on. Again, it does nothing."""
        if self._process.poll() is None:
            self._process.communicate(b"dismissed\n")

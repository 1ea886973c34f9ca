"""Where the server's Unix socket goes."""

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from brickline.embedded.account import Account

PORT = 5432
"""Names the socket's file only; no TCP port is opened."""

_LONGEST = 100  # bytes: the kernel's limit is 107 on Linux and 103 on macOS
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")  # commas and quotes mean something to PostgreSQL and to clients


@contextlib.contextmanager
def socket_folder(root: Path, account: Account) -> Iterator[Path]:
    """Yield `root` where a socket fits there, else a private folder with a short path, removed at the end."""
    socket = str(root / f".s.PGSQL.{PORT}")
    if len(socket.encode()) <= _LONGEST and _PLAIN.fullmatch(socket):
        yield root
        return
    folder = Path(tempfile.mkdtemp(prefix="brickline-", dir="/tmp"))  # short, and of mode 700
    try:
        account.give(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)

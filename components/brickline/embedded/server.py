"""The PostgreSQL process: started as our child, watched until it is ready, stopped in order."""

import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from brickline.embedded.account import Account
from brickline.embedded.binaries import Binaries
from brickline.embedded.cluster import SERVER_ENVIRONMENT
from brickline.embedded.directory import DataDirectory
from brickline.embedded.errors import ServerError
from brickline.embedded.guard import Guard
from brickline.embedded.socket_folder import PORT

_LOG_LIMIT = 1024 * 1024  # bytes kept before a start puts the log aside

# What a small service needs. fsync and synchronous_commit are stated because durability is the promise.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_level": "minimal",  # nobody replicates from an embedded server
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "io_method": "sync",  # spares three worker processes
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # and so needs no shared memory beyond a small container's 64 MB
    "autovacuum_naptime": "15s",  # queue tables turn over fast
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements, parameters and row contents are the customers' documents: they stay out of the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and the guard that stops it should this process be killed."""

    process: subprocess.Popen[bytes]
    guard: Guard

    def stop(self) -> None:
        """Stop it: disconnect clients, write everything out; harder, but still safely, if that takes long."""
        self.guard.dismiss()
        for stop, patience_s in ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            self.process.send_signal(stop)
            try:
                self.process.wait(patience_s)
            except subprocess.TimeoutExpired:
                continue
            return


def start_server(
    directory: DataDirectory,
    binaries: Binaries,
    account: Account,
    socket: Path,
    settings: Mapping[str, str],
    timeout_s: float,
) -> Server:
    """Start PostgreSQL and return once it answers, recovery after a crash included.

    Raises:
        ServerError: it ended at once, or was not ready in time; it has been stopped then.

    """
    if directory.log.exists() and directory.log.stat().st_size > _LOG_LIMIT:
        directory.log.replace(directory.log.with_suffix(".log.1"))
    chosen = {**_SETTINGS, **settings, "unix_socket_directories": str(socket)}
    options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries.postgres), "-D", str(directory.cluster), *options]
    deadline = time.monotonic() + timeout_s
    while True:
        said_before = directory.log.stat().st_size if directory.log.exists() else 0
        server = _spawn(command, directory, account)
        try:
            _wait_until_ready(server.process, directory.cluster, deadline)
        except _NotReadyError as error:
            server.stop()
            words = _words_since(directory.log, said_before)
            # The children of a killed server notice its death a moment after we do.
            if "is still in use" in words and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise ServerError(
                f"PostgreSQL on {directory.root} {error}. Its log, {directory.log}, says:\n  {words}\n"
                "Put right what it names, or choose another data directory."
            ) from None
        return server


class _NotReadyError(Exception):
    """Says what the server did instead."""


def _spawn(command: list[str], directory: DataDirectory, account: Account) -> Server:
    """Start it in a session of its own: Ctrl-C reaches us alone, and it outlives our draining."""
    with directory.log.open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=SERVER_ENVIRONMENT,
            start_new_session=True,
            **account.run_as(),
        )
    return Server(process, Guard(process.pid, directory.cluster))


def _wait_until_ready(process: subprocess.Popen[bytes], cluster: Path, deadline: float) -> None:
    while not _is_ready(cluster, process.pid):
        if process.poll() is not None:
            raise _NotReadyError("ended as soon as it was started")
        if time.monotonic() > deadline:
            raise _NotReadyError("was not ready in time")
        time.sleep(0.01)


def _is_ready(cluster: Path, pid: int) -> bool:
    """Read what the server keeps in its pid file: the pid comes first, its state on the eighth line."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _words_since(log: Path, offset: int) -> str:
    with log.open("rb") as text:
        text.seek(offset)
        lines = text.read().decode(errors="replace").strip().splitlines()
    return "\n  ".join(lines[-5:]) or "(nothing)"

"""The embedded server as its users see it."""

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from brickline.embedded.account import account_for
from brickline.embedded.binaries import find_binaries
from brickline.embedded.cluster import SUPERUSER, ensure_cluster
from brickline.embedded.directory import DataDirectory
from brickline.embedded.errors import EmbeddedError, ServerError
from brickline.embedded.leftover import stop_leftover
from brickline.embedded.server import Server, start_server
from brickline.embedded.socket_folder import PORT, socket_folder

_WATCH_S = 0.5


class EmbeddedPostgres:
    """A PostgreSQL server on `data_dir` for as long as the `async with` lasts; the data stay.

    It listens on a Unix socket that only this user may open. One process at a time serves from a directory;
    a server left over from a killed process is stopped first, and its data recovered.

    `settings` override the server's configuration (tests switch `fsync` off). Within `start_timeout_s`, in
    seconds, recovery after a crash must be through as well.

    Entering raises `EmbeddedError`.
    """

    def __init__(
        self, data_dir: Path, *, settings: Mapping[str, str] | None = None, start_timeout_s: float = 60
    ) -> None:
        self._directory = DataDirectory(Path(data_dir).expanduser().absolute())
        self._settings = dict(settings or {})
        self._start_timeout_s = start_timeout_s
        self._running: contextlib.ExitStack | None = None
        self._server: Server | None = None
        self._socket: Path | None = None

    @property
    def dsn(self) -> str:
        """How to reach the maintenance database `postgres`, in the form asyncpg accepts."""
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        """Return how to reach `database`, which need not exist yet."""
        if self._socket is None:
            raise ServerError(
                f"PostgreSQL on {self._directory.root} is not running. Enter it with `async with`."
            )
        return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={self._socket}&port={PORT}"

    async def create_database(self, name: str) -> str:
        """Create the database `name` unless it exists, and return its DSN."""
        import asyncpg  # only where a server runs: importing this brick stays cheap

        connection = await asyncpg.connect(self.dsn)
        try:
            quoted = name.replace('"', '""')
            with contextlib.suppress(asyncpg.DuplicateDatabaseError):
                await connection.execute(f'CREATE DATABASE "{quoted}"')
        finally:
            await connection.close()
        return self.dsn_of(name)

    async def watch(self) -> None:
        """Wait for as long as the server runs. Raises `ServerError` when it has ended, killed perhaps."""
        while self._server is not None and self._server.process.poll() is None:  # noqa: ASYNC110 - a process
            await asyncio.sleep(_WATCH_S)
        raise ServerError(
            f"PostgreSQL on {self._directory.root} has ended, and should not have; its log is "
            f"{self._directory.log}. Nothing that was accepted is lost: start again on the same data."
        )

    async def __aenter__(self) -> Self:
        starting = asyncio.create_task(asyncio.to_thread(self._start))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # A thread cannot be cancelled: let it finish, then take back what it started.
            await asyncio.wait({starting})
            if starting.exception() is None:
                await asyncio.to_thread(self._stop)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        stopping = asyncio.create_task(asyncio.to_thread(self._stop))
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            await asyncio.wait({stopping})
            raise

    def _start(self) -> None:
        directory = self._directory
        try:
            with contextlib.ExitStack() as stack:
                directory.prepare()
                stack.enter_context(directory.held())
                account = account_for(directory.cluster)
                binaries = find_binaries(account)
                account.give(directory.root)
                account.open_way_to(directory.root)
                stop_leftover(directory.cluster)
                ensure_cluster(directory, binaries, account)
                socket = stack.enter_context(socket_folder(directory.root, account))
                server = start_server(
                    directory, binaries, account, socket, self._settings, self._start_timeout_s
                )
                stack.callback(server.stop)
                self._socket, self._server, self._running = socket, server, stack.pop_all()
        except OSError as error:
            raise EmbeddedError(
                f"PostgreSQL could not be started on {directory.root}: {error}. "
                "Check the rights and the free space of that directory, or choose another one."
            ) from error

    def _stop(self) -> None:
        running, self._running, self._socket = self._running, None, None
        if running is not None:
            running.close()

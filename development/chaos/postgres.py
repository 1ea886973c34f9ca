"""The Postgres behind the services, to be restarted under them."""

import asyncio
import os
import signal
from pathlib import Path

from brickline.embedded import EmbeddedPostgres, ServerError
from brickline_dev.wire import Server, server_of

_DATABASE = "brickline"


class Postgres:
    """An embedded server with its durable settings."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._server = EmbeddedPostgres(directory)

    @property
    def dsn(self) -> str:
        """How to reach the services' database directly."""
        return self._server.dsn_of(_DATABASE)

    @property
    def socket(self) -> Server:
        """Where it listens; it may be another place after a restart."""
        return server_of(self.dsn)

    async def start(self) -> None:
        """Start it with the services' database. Raises `EmbeddedError`."""
        await self._server.__aenter__()
        await self._server.create_database(_DATABASE)

    async def stop(self) -> None:
        """Stop it in order: "fast", in Postgres' words, which ends sessions and writes everything out."""
        await self._server.__aexit__(None, None, None)

    async def crash(self) -> None:
        """End it in the "immediate" way: nothing is written out, and the next start recovers from the log."""
        pid = int((self._directory / "cluster" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        try:
            await self._server.watch()
        except ServerError:
            await self.stop()

    async def __aenter__(self) -> "Postgres":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(self.stop())

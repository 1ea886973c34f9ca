"""Telling how the run gets on, on stderr."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from rich.console import Console
from rich.status import Status

from brickline.embedded import EmbeddedError
from chaos.postgres import Postgres
from chaos.posting import Load
from chaos.reading import read_unfinished

_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, EmbeddedError)
_EVERY_S = 0.5
_PLAIN_EVERY_S = 5.0


class Progress:
    """Lines that stay, and one that changes; without a terminal the latter is a line every few seconds."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._status: Status | None = None
        self._started = time.monotonic()
        self._shown_at = float("-inf")

    def start(self) -> None:
        """Count the time from now on."""
        self._started = time.monotonic()

    def tell(self, text: str) -> None:
        """Print a line."""
        self._console.print(f"{self._elapsed()}  {text}", markup=False, soft_wrap=True)

    def show(self, text: str) -> None:
        """Show where things stand."""
        if self._console.is_terminal:
            if self._status is None:
                self._status = self._console.status("")
                self._status.start()
            self._status.update(f"{self._elapsed()}  {text}")
        elif time.monotonic() - self._shown_at >= _PLAIN_EVERY_S:
            self._shown_at = time.monotonic()
            self.tell(text)

    def stop(self) -> None:
        """End the line that changes."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    @asynccontextmanager
    async def watching(self, load: Load, postgres: Postgres) -> AsyncIterator[None]:
        """Show how many documents are accepted and finished until the block ends."""
        watching = asyncio.create_task(self._watch(load, postgres))
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self, load: Load, postgres: Postgres) -> None:
        finished = "?"
        while True:
            with suppress(*_AWAY):
                documents, unfinished, _ = await read_unfinished(postgres.dsn)
                finished = f"{documents - unfinished:,}"
            ledger = load.ledger
            self.show(
                f"offered {ledger.offered:,}, accepted {len(ledger.accepted):,}, "
                f"not answered yet {load.unanswered:,}, finished {finished}"
            )
            await asyncio.sleep(_EVERY_S)

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._started:6.1f} s"

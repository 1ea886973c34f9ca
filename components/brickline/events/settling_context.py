"""The transaction that settles what a handler was given."""

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.events.errors import TransactionMisuse
from brickline.events.outbox import Origin, Outbox, Transaction
from brickline.schemas import Payload


class SettlingContext(ABC):
    """What contexts of one event and of a batch have in common. `what` names either in errors."""

    def __init__(
        self,
        origin: Origin | None,
        what: str,
        *,
        group_id: str,
        outbox: Outbox,
        publishes: tuple[type[Payload], ...],
    ) -> None:
        self.group_id = group_id
        self.settled = False
        self._origin = origin
        self._what = what
        self._open = False
        self._started = time.perf_counter()
        self._outbox = outbox
        self._publishes = publishes

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit the inbox rows, the handler's writes and what it publishes together, or nothing of it.

        Once, or again after a rollback. Where another process settles the same meanwhile this waits for it to
        commit; the handler is not to go on then, and is called again with what is left, if anything is.
        """
        if self._open or self.settled:
            raise TransactionMisuse(
                f"{self.group_id} opened a second transaction for {self._what}: put both in one"
            )
        self._open = True
        try:
            async with self._outbox.transaction(self._origin, allowed=self._publishes) as tx:
                await self._record(tx)
                yield tx
            self.settled = True
        finally:
            self._open = False

    @abstractmethod
    async def _record(self, tx: Transaction) -> None:
        """Write the inbox rows. Raises `AlreadySettled` if one is there."""

    @property
    def _handler_ms(self) -> float:
        """Milliseconds since the handler was called."""
        return (time.perf_counter() - self._started) * 1000

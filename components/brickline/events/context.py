"""What a handler is given beside its event."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from brickline.events.errors import AlreadySettled, TransactionMisuse
from brickline.events.inbox import record_settled
from brickline.events.outbox import Origin, Outbox, Transaction
from brickline.events.trail import Trail
from brickline.schemas import BaseEvent, Payload


@dataclass(frozen=True, slots=True)
class StepCall:
    """Names one outside call of one handler: the same on every redelivery, so that it is paid for once."""

    tenant: str
    event_id: UUID
    step: str
    trace_id: str


class EventContext:
    """One event being handled by one group: its envelope, its attempt, and what settles it."""

    def __init__(
        self,
        event: BaseEvent[Any],
        *,
        group_id: str,
        attempt: int,
        outbox: Outbox,
        publishes: tuple[type[Payload], ...],
    ) -> None:
        self.event = event
        self.group_id = group_id
        self.attempt = attempt
        self.settled = False
        self._open = False
        self._started = time.perf_counter()
        self._outbox = outbox
        self._publishes = publishes

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit the inbox row, the handler's writes and what it publishes together, or nothing of it.

        Once per event, or again after a rollback. A concurrent duplicate waits here for the other to commit,
        and is then skipped.
        """
        if self._open or self.settled:
            raise TransactionMisuse(
                f"{self.group_id} opened a second transaction for one event: put both in one"
            )
        self._open = True
        try:
            origin = Origin.caused_by(self.event)
            async with self._outbox.transaction(origin, allowed=self._publishes) as tx:
                if not await self._record(tx):
                    raise AlreadySettled(f"{self.group_id} has settled event {self.event.event_id} before")
                yield tx
            self.settled = True
        finally:
            self._open = False

    async def _record(self, tx: Transaction) -> bool:
        """Write the inbox row; False if it is there."""
        handler_ms = (time.perf_counter() - self._started) * 1000
        trail = Trail.of(self.event, self.attempt)
        return await record_settled(
            tx.connection, self.group_id, self.event.event_id, trail, handler_ms=handler_ms
        )

    def call(self, step: str) -> StepCall:
        """Name an outside call made for this event; `step` tells apart the calls of one handler."""
        return StepCall(self.event.tenant, self.event.event_id, step, self.event.trace_id)

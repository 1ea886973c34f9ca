"""What a handler is given beside its event."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from brickline.events.errors import AlreadySettled, TransactionMisuse
from brickline.events.inbox import record_settled
from brickline.events.outbox import Origin, Outbox, Transaction
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
        event = self.event
        origin = Origin(
            tenant=event.tenant, trace_id=event.trace_id, job_id=event.job_id, causation_id=event.event_id
        )
        self._open = True
        try:
            async with self._outbox.transaction(origin, allowed=self._publishes) as tx:
                if not await record_settled(tx.connection, self.group_id, event.event_id):
                    raise AlreadySettled(f"{self.group_id} has settled event {event.event_id} before")
                yield tx
            self.settled = True
        finally:
            self._open = False

    def call(self, step: str) -> StepCall:
        """Name an outside call made for this event; `step` tells apart the calls of one handler."""
        return StepCall(self.event.tenant, self.event.event_id, step, self.event.trace_id)

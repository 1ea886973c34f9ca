"""What a batch handler is given beside its events."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from brickline.events.context import StepCall
from brickline.events.errors import AlreadySettled, TransactionMisuse
from brickline.events.inbox import record_batch_settled
from brickline.events.outbox import Outbox, Transaction
from brickline.events.trail import Trail
from brickline.schemas import BaseEvent, Payload


class BatchContext:
    """Events being handled together by one group, and the transaction that settles all of them."""

    def __init__(
        self,
        events: Sequence[BaseEvent[Any]],
        attempts: Sequence[int],
        *,
        group_id: str,
        outbox: Outbox,
        publishes: tuple[type[Payload], ...],
    ) -> None:
        self.group_id = group_id
        self.settled = False
        self._events = events
        self._attempts = attempts
        self._open = False
        self._started = time.perf_counter()
        self._outbox = outbox
        self._publishes = publishes

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit the inbox rows, the handler's writes and what it publishes together, or nothing of it.

        Once per batch, or again after a rollback. An event that another process settles meanwhile ends the
        transaction; the handler is then called again with the others.
        """
        if self._open or self.settled:
            raise TransactionMisuse(
                f"{self.group_id} opened a second transaction for a batch: put both in one"
            )
        self._open = True
        try:
            async with self._outbox.transaction(None, allowed=self._publishes) as tx:
                handler_ms = (time.perf_counter() - self._started) * 1000 / len(self._events)
                trails = list(map(Trail.of, self._events, self._attempts))
                ids = [event.event_id for event in self._events]
                recorded = await record_batch_settled(
                    tx.connection, self.group_id, ids, trails, handler_ms=handler_ms
                )
                if recorded < len(ids):
                    raise AlreadySettled(f"{len(ids) - recorded} of the batch were settled meanwhile")
                yield tx
            self.settled = True
        finally:
            self._open = False

    def call(self, step: str, event: BaseEvent[Any]) -> StepCall:
        """Name an outside call made for one of the events; `step` tells apart the calls of one handler."""
        return StepCall(event.tenant, event.event_id, step, event.trace_id)

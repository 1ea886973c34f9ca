"""What a batch handler is given beside its events."""

from collections.abc import Sequence
from typing import Any

from brickline.events.context import StepCall
from brickline.events.errors import AlreadySettled
from brickline.events.inbox import record_batch_settled
from brickline.events.outbox import Outbox, Transaction
from brickline.events.settling_context import SettlingContext
from brickline.events.trail import Trail
from brickline.schemas import BaseEvent, Payload


class BatchContext(SettlingContext):
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
        super().__init__(None, "a batch", group_id=group_id, outbox=outbox, publishes=publishes)
        self._events = events
        self._attempts = attempts

    async def _record(self, tx: Transaction) -> None:
        ids = [event.event_id for event in self._events]
        trails = list(map(Trail.of, self._events, self._attempts))
        recorded = await record_batch_settled(
            tx.connection, self.group_id, ids, trails, handler_ms=self._handler_ms / len(ids)
        )
        if recorded < len(ids):
            raise AlreadySettled(f"{len(ids) - recorded} of the batch were settled meanwhile")

    def call(self, step: str, event: BaseEvent[Any]) -> StepCall:
        """Name an outside call made for one of the events; `step` tells apart the calls of one handler."""
        return StepCall(event.tenant, event.event_id, step, event.trace_id)

"""What a handler is given beside its event."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from brickline.events.errors import AlreadySettled
from brickline.events.inbox import record_settled
from brickline.events.outbox import Origin, Outbox, Transaction
from brickline.events.settling_context import SettlingContext
from brickline.events.trail import Trail
from brickline.schemas import BaseEvent, Payload


@dataclass(frozen=True, slots=True)
class StepCall:
    """Names one outside call of one handler: the same on every redelivery, so that it is paid for once."""

    tenant: str
    event_id: UUID
    step: str
    trace_id: str


class EventContext(SettlingContext):
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
        super().__init__(
            Origin.caused_by(event), "one event", group_id=group_id, outbox=outbox, publishes=publishes
        )
        self.event = event
        self.attempt = attempt

    async def _record(self, tx: Transaction) -> None:
        event_id, trail = self.event.event_id, Trail.of(self.event, self.attempt)
        if not await record_settled(
            tx.connection, self.group_id, event_id, trail, handler_ms=self._handler_ms
        ):
            raise AlreadySettled(f"{self.group_id} has settled event {event_id} before")

    def call(self, step: str) -> StepCall:
        """Name an outside call made for this event; `step` tells apart the calls of one handler."""
        return StepCall(self.event.tenant, self.event.event_id, step, self.event.trace_id)

"""Runs one consumer: takes deliveries, handles them, and sees each of them settled."""

import time
from functools import partial
from typing import Any

from brickline.events.bus import Deliveries, Delivery, Message
from brickline.events.consumer import Consumer
from brickline.events.context import EventContext
from brickline.events.errors import AlreadySettled
from brickline.events.failures import FailureClass
from brickline.events.group_runner import GroupRunner
from brickline.events.inbox import is_settled
from brickline.schemas import BaseEvent, decode
from brickline.telemetry import get_logger, log_context

_log = get_logger(__name__)


class ConsumerRunner(GroupRunner[Consumer[Any]]):
    """Handles the deliveries of one group, `consumer.concurrency` at a time."""

    async def _take(self, deliveries: Deliveries) -> None:
        async for delivery in deliveries:
            try:
                await self._see_settled(delivery, deliveries)
            except Exception:
                # Nothing of the event is committed. A broken consumer must not spin on it.
                _log.exception("event.not_settled", group=self.group_id)
                await self._pause()
                await delivery.release()

    async def _see_settled(self, delivery: Delivery, deliveries: Deliveries) -> None:
        """Handle the delivery, again and again while a dependency is down, then acknowledge it."""
        while not await self._unless_down(partial(self._settle, delivery.message, deliveries)):
            if self._stopping.is_set():
                await delivery.release()
                return
            await self._pause()
        await delivery.ack()

    async def _settle(self, message: Message, deliveries: Deliveries) -> None:
        """Handle the event, or end it by the class of its failure; count whether it could be read."""
        event: BaseEvent[Any] | None = None
        try:
            event = decode(message.body, self._consumer.payload_type)
            await self._handle(event, message.attempt)
        except Exception as error:
            failure = self._class_of(error)
            if failure is FailureClass.DEPENDENCY_DOWN:
                raise
            with log_context(group=self.group_id, **_ids(event)):
                await self._settlement.fail(message, event, error, failure)
        await self._guard.note(message.body, readable=event is not None, deliveries=deliveries)

    async def _handle(self, event: BaseEvent[Any], attempt: int) -> None:
        context = EventContext(
            event,
            group_id=self.group_id,
            attempt=attempt,
            outbox=self._outbox,
            publishes=self._consumer.publishes,
        )
        with log_context(group=self.group_id, **_ids(event)):
            started = time.perf_counter()
            outcome = await self._process(event, context)
            _log.info(
                outcome,
                topic=event.topic,
                attempt=attempt,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )

    async def _process(self, event: BaseEvent[Any], context: EventContext) -> str:
        async with self._database.connection() as connection:
            if await is_settled(connection, self.group_id, event.event_id):
                return "event.duplicate_skipped"
        try:
            await self._called(self._consumer.process_message(event.payload, context))
            if not context.settled:
                async with context.transaction():
                    pass
        except AlreadySettled:
            return "event.duplicate_skipped"
        except Exception:
            if not context.settled:
                raise
            # Its effects are committed: trying again would skip it, and a dead letter would be untrue.
            _log.exception("event.failed_after_commit", topic=event.topic)
        return "event.settled"


def _ids(event: BaseEvent[Any] | None) -> dict[str, str]:
    return {} if event is None else {"trace_id": event.trace_id, "event_id": str(event.event_id)}

"""Runs one consumer: takes deliveries, handles them, and sees each of them settled."""

import time
from functools import cached_property, partial
from typing import Any

from brickline.events.bus import Deliveries, Delivery, Message
from brickline.events.consumer import Consumer
from brickline.events.context import EventContext
from brickline.events.errors import AlreadySettled, GroupPaused
from brickline.events.failures import FailureClass
from brickline.events.group_runner import GroupRunner
from brickline.events.inbox_look import InboxLook
from brickline.events.metrics import Outcome
from brickline.events.ordering import Lanes, park, preceded
from brickline.schemas import BaseEvent, decode
from brickline.telemetry import get_logger, log_context

_log = get_logger(__name__)


class ConsumerRunner(GroupRunner[Consumer[Any]]):
    """Handles the deliveries of one group, `consumer.concurrency` at a time."""

    @cached_property
    def _lanes(self) -> Lanes:
        return Lanes()

    @cached_property
    def _inbox(self) -> InboxLook:
        return InboxLook(self._database, self.group_id)

    async def _take(self, deliveries: Deliveries) -> None:
        try:
            async for delivery in deliveries:
                following: Delivery | None = delivery if self._lanes.enter(delivery) else None
                while following is not None:
                    await self._end(following, deliveries)
                    following = self._lanes.leave(following)
        except BaseException:
            self._lanes.clear()  # this task leaves some lane as it is, and a restart must find none
            raise

    async def _end(self, delivery: Delivery, deliveries: Deliveries) -> None:
        message = delivery.message
        if message.place is not None and self._stopping.is_set():
            await delivery.release()  # as the one before may have been
        elif await self._settled(message, deliveries):
            await delivery.ack()
        else:
            await delivery.release()

    async def _settled(self, message: Message, deliveries: Deliveries) -> bool:
        """See the message settled; False when it has to be handed back.

        It is tried again while a dependency is down, and after any failure to settle it where the order
        matters, for the next would overtake it.
        """
        while True:
            try:
                if await self._unless_down(partial(self._settle, message, deliveries)):
                    return True
            except GroupPaused:
                return False
            except Exception:
                # Nothing of the event is committed. A broken consumer must not spin on it.
                _log.exception("event.not_settled", group=self.group_id)
                if message.place is None:
                    await self._pause()
                    return False
            if self._stopping.is_set():
                return False
            await self._pause()

    async def _settle(self, message: Message, deliveries: Deliveries) -> None:
        """Handle the event, or end it by the class of its failure; count whether it could be read."""
        event: BaseEvent[Any] | None = None
        try:
            event = decode(message.body, self._consumer.payload_type)
            self._guard.read_one()
            if await preceded(self._database, self.group_id, [message]):
                await park(self._outbox, self.group_id, message, event)
                self._metrics.ended(Outcome.PARKED)
            else:
                await self._handle(event, message.attempt)
        except Exception as error:
            failure = self._class_of(error)
            if failure is FailureClass.DEPENDENCY_DOWN:
                raise
            with log_context(group=self.group_id, **_ids(event)):
                if event is not None:
                    await self._settlement.fail(message, event, error, failure)
                    return
                async with self._guard.burying(message.body, deliveries):
                    await self._settlement.fail(message, None, error, failure)

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
            self._metrics.ended(outcome)
            if outcome is Outcome.DUPLICATE_SKIPPED:
                await self._tell_duplicates([event], [attempt])
                return
            _log.info(
                f"event.{outcome}",
                topic=event.topic,
                attempt=attempt,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )

    async def _process(self, event: BaseEvent[Any], context: EventContext) -> Outcome:
        if await self._inbox.is_settled(event.event_id):
            return Outcome.DUPLICATE_SKIPPED
        try:
            await self._called(self._consumer.process_message(event.payload, context))
            if not context.settled:
                async with context.transaction():
                    pass
        except AlreadySettled:
            return Outcome.DUPLICATE_SKIPPED
        except Exception:
            if not context.settled:
                raise
            # Its effects are committed: trying again would skip it, and a dead letter would be untrue.
            _log.exception("event.failed_after_commit", topic=event.topic)
        return Outcome.SETTLED


def _ids(event: BaseEvent[Any] | None) -> dict[str, str]:
    return {} if event is None else {"trace_id": event.trace_id, "event_id": str(event.event_id)}

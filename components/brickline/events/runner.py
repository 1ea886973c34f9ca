"""Runs one consumer: takes deliveries, handles them, and sees each of them settled."""

import asyncio
import time
from contextlib import suppress
from typing import Any

from brickline.events.bus import Bus, Deliveries, Delivery, Message, Subscription
from brickline.events.cancellation import is_cancelled
from brickline.events.consumer import Consumer
from brickline.events.context import EventContext
from brickline.events.contract_guard import ContractGuard
from brickline.events.errors import AlreadySettled, TransientError
from brickline.events.failures import FailureClass, classify
from brickline.events.inbox import is_settled
from brickline.events.outbox import Outbox
from brickline.events.settlement import Settlement
from brickline.persistence import Database
from brickline.schemas import BaseEvent, decode
from brickline.telemetry import get_logger, log_context

_log = get_logger(__name__)

_HOLD_S = 1.0


class ConsumerRunner:
    """Handles the deliveries of one group, `consumer.concurrency` at a time."""

    def __init__(self, consumer: Consumer[Any], *, database: Database, bus: Bus, outbox: Outbox) -> None:
        self.group_id = consumer.group_id
        self.subscribed = asyncio.Event()
        self._consumer = consumer
        self._database = database
        self._bus = bus
        self._outbox = outbox
        self._settlement = Settlement(consumer, outbox)
        self._deliveries: Deliveries | None = None
        self._stopping = asyncio.Event()
        self._held: str | None = None
        self._guard = ContractGuard(consumer, database)

    async def run(self) -> None:
        """Consume until `stop`, then finish what is in hand. Raises what the first connection raises."""
        consumer = self._consumer
        # A little more than is handled at once, so that no task waits for the next delivery to travel.
        subscription = Subscription(self.group_id, consumer.payload_type.topic, consumer.concurrency * 2)
        async with self._bus.consume(subscription) as deliveries:
            self._deliveries = deliveries
            await self._guard.start(deliveries)
            self.subscribed.set()
            if self._stopping.is_set():
                await deliveries.stop()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._guard.watch(deliveries, self._stopping))
                for _ in range(consumer.concurrency):
                    tasks.create_task(self._take(deliveries))

    async def stop(self) -> None:
        """Take no more deliveries; `run` returns when those in hand are settled."""
        self._stopping.set()
        if self._deliveries is not None:
            await self._deliveries.stop()

    async def check(self) -> str | None:
        """Readiness: None, or why this group is not getting on with its events."""
        if self._deliveries is None:
            return f"group {self.group_id} has not subscribed yet"
        return self._deliveries.interrupted or self._guard.reason or self._held

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
        while not await self._settle(delivery, deliveries):
            if self._stopping.is_set():
                await delivery.release()
                return
            await self._pause()
        await delivery.ack()

    async def _settle(self, delivery: Delivery, deliveries: Deliveries) -> bool:
        """Handle the delivery once; False when it must be held because a dependency is down."""
        try:
            readable = await self._handle_or_fail(delivery.message)
            await self._guard.note(delivery.message.body, readable=readable, deliveries=deliveries)
        except Exception as error:
            if classify(error, self._consumer.failures) is not FailureClass.DEPENDENCY_DOWN:
                raise
            self._held = f"group {self.group_id} holds its events: {error}"
            _log.warning("consumer.held", group=self.group_id, reason=str(error))
            return False
        self._held = None
        return True

    async def _handle_or_fail(self, message: Message) -> bool:
        """Handle the event, or end it by the class of its failure; tell whether it could be read."""
        event: BaseEvent[Any] | None = None
        try:
            event = decode(message.body, self._consumer.payload_type)
            await self._handle(event, message.attempt)
        except Exception as error:
            failure = classify(error, self._consumer.failures)
            if failure is FailureClass.DEPENDENCY_DOWN:
                raise
            with log_context(group=self.group_id, **_ids(event)):
                await self._settlement.fail(message, event, error, failure)
        return event is not None

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
            await self._call_handler(event, context)
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

    async def _call_handler(self, event: BaseEvent[Any], context: EventContext) -> None:
        try:
            await self._consumer.process_message(event.payload, context)
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            raise TransientError("something the handler waited for was cancelled") from error

    async def _pause(self) -> None:
        # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(_HOLD_S):
                await self._stopping.wait()


def _ids(event: BaseEvent[Any] | None) -> dict[str, str]:
    return {} if event is None else {"trace_id": event.trace_id, "event_id": str(event.event_id)}

"""What the bus gave up: events whose handling ended process after process, and what no group receives."""

import asyncio
from typing import Any, ClassVar

from brickline.events.bus import UNROUTED, Bus, Deliveries, Delivery, Message, Subscription
from brickline.events.errors import CrashLoop, EventsError, NoGroup
from brickline.events.group import ConsumerGroup
from brickline.events.settlement import Settlement
from brickline.events.waiting import set_within
from brickline.schemas import Payload
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_PREFETCH = 8
_AGAIN_S = 1.0
CRASH_LOOP = "crash loop"


class _Anything(Payload):
    """Stands for the payload of events that nobody here reads."""

    topic: ClassVar[str] = "brickline.unrouted"


class UnroutedGroup(ConsumerGroup[_Anything]):
    """Has what other programs published and no group is bound to receive; all of it is dead letters."""

    group_id = UNROUTED


class AbandonedRunner:
    """Moves what the bus gave up for one group to the group's dead letters."""

    def __init__(self, consumer: ConsumerGroup[Any], *, bus: Bus, settlement: Settlement) -> None:
        self.group_id = consumer.group_id
        self.subscribed = asyncio.Event()
        self._topic = consumer.payload_type.topic
        self._bus = bus
        self._settlement = settlement
        self._deliveries: Deliveries | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Bury until `stop`. Raises what the first connection raises."""
        subscription = Subscription(self.group_id, self._topic, _PREFETCH, abandoned=True)
        async with self._bus.consume(subscription) as deliveries:
            self._deliveries = deliveries
            self.subscribed.set()
            async for delivery in deliveries:
                await self._bury(delivery)

    async def stop(self) -> None:
        """Take no more; hand back what cannot be buried now."""
        self._stopping.set()
        if self._deliveries is not None:
            await self._deliveries.stop()

    async def _bury(self, delivery: Delivery) -> None:
        """Keep it in hand until it is buried: what is handed back too often, a broker may drop for good."""
        while not await self._buried(delivery):
            if self._stopping.is_set():
                await delivery.release()
                return
            await set_within(self._stopping, _AGAIN_S)
        await delivery.ack()

    async def _buried(self, delivery: Delivery) -> bool:
        try:
            await self._settlement.bury(delivery.message, *self._why(delivery.message))
        except Exception:
            _log.exception("event.not_settled", group=self.group_id)
            return False
        return True

    def _why(self, message: Message) -> tuple[EventsError, str]:
        """Return error and reason for the dead letter."""
        if self.group_id == UNROUTED:
            return NoGroup(
                f"no group receives events of {message.topic!r}: route the topic, then replay"
            ), UNROUTED
        return CrashLoop(
            "none of its deliveries came to an end: the process died each time, or its connection broke"
        ), CRASH_LOOP

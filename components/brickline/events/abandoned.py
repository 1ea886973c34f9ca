"""What the bus gave up for a group: events whose handling ended the process, again and again."""

import asyncio
from typing import Any

from brickline.events.bus import Bus, Deliveries, Delivery, Subscription
from brickline.events.errors import CrashLoop
from brickline.events.group import ConsumerGroup
from brickline.events.settlement import Settlement
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_PREFETCH = 8
_AGAIN_S = 1.0
REASON = "crash loop"


class AbandonedRunner:
    """Moves what the bus gave up for one group to the group's dead letters."""

    def __init__(self, consumer: ConsumerGroup[Any], *, bus: Bus, settlement: Settlement) -> None:
        self.group_id = consumer.group_id
        self.subscribed = asyncio.Event()
        self._topic = consumer.payload_type.topic
        self._bus = bus
        self._settlement = settlement
        self._deliveries: Deliveries | None = None

    async def run(self) -> None:
        """Bury until `stop`. Raises what the first connection raises."""
        subscription = Subscription(self.group_id, self._topic, _PREFETCH, abandoned=True)
        async with self._bus.consume(subscription) as deliveries:
            self._deliveries = deliveries
            self.subscribed.set()
            async for delivery in deliveries:
                await self._bury(delivery)

    async def stop(self) -> None:
        """Take no more."""
        if self._deliveries is not None:
            await self._deliveries.stop()

    async def _bury(self, delivery: Delivery) -> None:
        try:
            await self._settlement.bury(
                delivery.message,
                CrashLoop("each of its deliveries ended the process that handled it"),
                REASON,
            )
        except Exception:
            _log.exception("event.not_settled", group=self.group_id)
            await asyncio.sleep(_AGAIN_S)
            await delivery.release()
        else:
            await delivery.ack()

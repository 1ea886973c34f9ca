"""A bus whose messages pass the points of the protocol."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from brickline.events import Bus, BusUnavailable, Deliveries, Delivery, Message, Subscription
from support.crash_points import Life, Point

_SINGLY = (Point.ACKING, Point.ACKED)
_TOGETHER = (Point.BATCH_ACKING, Point.BATCH_ACKED)


@dataclass(frozen=True)
class WatchedBus:
    """Passes on to `bus` what a process does for as long as it lives."""

    bus: Bus
    life: Life
    batch_groups: Collection[str] = ()

    async def publish(self, message: Message) -> None:
        self.life.reach(Point.SENDING)
        await self.bus.publish(message)
        if self.life.reach(Point.TAKEN):
            raise BusUnavailable("the connection broke before the confirm")
        self.life.reach_soon(Point.CONFIRMED)

    @asynccontextmanager
    async def consume(self, subscription: Subscription) -> AsyncIterator[Deliveries]:
        self.life.check()
        points = _TOGETHER if subscription.group_id in self.batch_groups else _SINGLY
        async with self.bus.consume(subscription) as deliveries:
            yield _WatchedDeliveries(deliveries, self.life, *points)

    async def tell(self, notice: bytes) -> None:
        self.life.check()
        await self.bus.tell(notice)

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        self.life.check()
        async with self.bus.hear() as notices:
            yield notices

    def blocked_topics(self) -> Collection[str]:
        return self.bus.blocked_topics()

    async def check(self) -> str | None:
        return await self.bus.check()


@dataclass(frozen=True)
class _WatchedDeliveries:
    deliveries: Deliveries
    life: Life
    acking: Point
    acked: Point

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        async for delivery in self.deliveries:
            self.life.check()
            yield _WatchedDelivery(delivery, self)

    async def take(self, count: int) -> Sequence[Delivery]:
        taken = await self.deliveries.take(count)
        self.life.check()
        return [_WatchedDelivery(delivery, self) for delivery in taken]

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self.life.reach(self.acking)
        await self.deliveries.ack([_bare(delivery) for delivery in deliveries])
        self.life.reach(self.acked)

    async def pause(self) -> None:
        self.life.check()
        await self.deliveries.pause()

    async def resume(self) -> None:
        self.life.check()
        await self.deliveries.resume()

    async def stop(self) -> None:
        self.life.check()
        await self.deliveries.stop()

    @property
    def interrupted(self) -> str | None:
        return self.deliveries.interrupted


@dataclass(frozen=True)
class _WatchedDelivery:
    delivery: Delivery
    stream: _WatchedDeliveries

    @property
    def message(self) -> Message:
        return self.delivery.message

    async def ack(self) -> None:
        self.stream.life.reach(self.stream.acking)
        await self.delivery.ack()
        self.stream.life.reach(self.stream.acked)

    async def release(self) -> None:
        self.stream.life.check()
        await self.delivery.release()


def _bare(delivery: Delivery) -> Delivery:
    return delivery.delivery if isinstance(delivery, _WatchedDelivery) else delivery

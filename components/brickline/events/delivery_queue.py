"""The `Deliveries` that every bus hands out: a queue with an end."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

from brickline.events.bus import Delivery


class _Turns:
    """Deliveries by tenant. One with many does not keep the others waiting: they take turns."""

    def __init__(self) -> None:
        self._waiting: dict[str | None, deque[Delivery | None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def append(self, item: Delivery | None) -> None:
        """Put it behind those of its tenant."""
        tenant = None if item is None else item.message.tenant
        self._waiting.setdefault(tenant, deque()).append(item)

    def popleft(self) -> Delivery | None:
        """Take the first one of the tenant whose turn it is."""
        tenant = next(iter(self._waiting))
        waiting = self._waiting.pop(tenant)
        item = waiting.popleft()
        if waiting:
            self._waiting[tenant] = waiting  # at the end
        return item


class _FairQueue(asyncio.Queue[Delivery | None]):
    """Hands out in turns. `_init` is what asyncio's own variants, like `PriorityQueue`, override too."""

    def _init(self, maxsize: int) -> None:
        self._queue = _Turns()


class DeliveryQueue:
    """Deliveries put in by a bus and taken out by a consumer's tasks."""

    def __init__(self) -> None:
        self._queue = _FairQueue()
        self.stopped = False
        self.paused = False
        self.interrupted: str | None = None

    async def put(self, delivery: Delivery) -> None:
        """Add a delivery; after `stop`, and during a pause, it is handed straight back."""
        if self.stopped or self.paused:
            await delivery.release()
        else:
            self._queue.put_nowait(delivery)

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        while (delivery := await self._queue.get()) is not None:
            yield delivery
        self._queue.put_nowait(None)  # for the next task that iterates

    async def take(self, count: int) -> Sequence[Delivery]:
        """Wait for a delivery; return it with what else is there, at most `count`. Empty after `stop`."""
        taken: list[Delivery] = []
        while not taken or (len(taken) < count and not self._queue.empty()):
            delivery = await self._queue.get()
            if delivery is None:
                self._queue.put_nowait(None)  # for the next task that takes
                break
            taken.append(delivery)
        return taken

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge each; a bus that can do so together overrides this."""
        for delivery in deliveries:
            await delivery.ack()

    async def pause(self) -> None:
        """Take no more until `resume`, handing back what is still waiting."""
        self.paused = True
        await self.discard(release=True)

    async def resume(self) -> None:
        """Take again."""
        self.paused = False

    async def stop(self) -> None:
        """End every iteration, handing back what is still waiting."""
        self.stopped = True
        await self.discard(release=True)

    async def discard(self, *, release: bool) -> None:
        """Empty the queue; without `release` because the bus has taken the messages back already."""
        while not self._queue.empty():
            delivery = self._queue.get_nowait()
            if delivery is not None and release:
                await delivery.release()
        if self.stopped:
            self._queue.put_nowait(None)  # the end, which may just have been emptied out too

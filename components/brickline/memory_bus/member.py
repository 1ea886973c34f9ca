"""One consumer of one group, and the deliveries it has not settled."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from brickline.events import BusUnavailable, Deliveries, DeliveryQueue, Message


class Member:
    """Hands messages to one consumer and tells their publishers when they are settled."""

    def __init__(self, group_id: str, *, abandoned: bool = False) -> None:
        self.group_id = group_id
        self.abandoned = abandoned
        self._queue = DeliveryQueue()
        self._open: set[_Delivery] = set()
        self._leaving = False

    @property
    def deliveries(self) -> Deliveries:
        """What the consumer iterates over."""
        return self._queue

    @property
    def unsettled(self) -> int:
        """How many deliveries wait or are in hand."""
        return len(self._open)

    @property
    def takes(self) -> bool:
        """Whether the consumer takes deliveries: it is neither paused nor about to leave."""
        return not (self._leaving or self._queue.stopped or self._queue.paused)

    def deliver(self, message: Message) -> Awaitable[None]:
        """Count the message as this member's from now on; what is returned ends when it is acknowledged.

        Raises `BusUnavailable`, when awaited, if the consumer leaves or stops before.
        """
        delivery = _Delivery(message, asyncio.get_running_loop().create_future(), self)
        self._open.add(delivery)
        return self._see_settled(delivery)

    async def _see_settled(self, delivery: "_Delivery") -> None:
        try:
            await self._queue.put(delivery)
            await delivery.settled
        finally:
            self._open.discard(delivery)

    async def again(self, delivery: "_Delivery") -> None:
        """Deliver once more, or fail the publisher when the consumer takes no more."""
        if not self.takes:
            self._fail(delivery)
        else:
            await self._queue.put(delivery)

    def leave(self) -> None:
        """Fail every publisher that still waits."""
        self._leaving = True
        for delivery in tuple(self._open):
            self._fail(delivery)

    def _fail(self, delivery: "_Delivery") -> None:
        if not delivery.settled.done():
            delivery.settled.set_exception(BusUnavailable(f"group {self.group_id!r} stopped consuming"))


@dataclass(frozen=True, slots=True, eq=False)
class _Delivery:
    message: Message
    settled: "asyncio.Future[None]"
    member: Member

    async def ack(self) -> None:
        if not self.settled.done():
            self.settled.set_result(None)

    async def release(self) -> None:
        if not self.settled.done():
            await self.member.again(self)

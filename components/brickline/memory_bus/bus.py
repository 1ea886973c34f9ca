"""Groups, and the publishers that wait for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.events import Deliveries, Message, Subscription, Unroutable
from brickline.memory_bus.member import Member


class MemoryBus:
    """A `Bus` for services that share one process and one event loop.

    Takes a message to one member of each group. There is no broker to hold a message back: how many are under
    way is bounded by the window of the relays that publish, not by a subscription's prefetch.
    """

    def __init__(self) -> None:
        self._members: list[Member] = []

    async def publish(self, message: Message) -> None:
        """Return when every group bound to the topic, or the one the message is for, has settled it."""
        members = self._receivers(message)
        if not members:
            wanted = (
                f"group {message.group_id!r}" if message.group_id else f"a group on topic {message.topic!r}"
            )
            raise Unroutable(f"no consumer: {wanted} has not subscribed in this process")
        settled = [member.deliver(message) for member in members]
        outcomes = await asyncio.gather(*settled, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    @asynccontextmanager
    async def consume(self, subscription: Subscription) -> AsyncIterator[Deliveries]:
        """Deliver to the caller until the context ends; what is unsettled then fails at its publisher."""
        member = Member(subscription)
        self._members.append(member)
        try:
            yield member.deliveries
        finally:
            self._members.remove(member)
            member.leave()

    async def check(self) -> str | None:
        """Return None: there is no connection that could be lost."""
        return None

    def _receivers(self, message: Message) -> list[Member]:
        """Return the least busy member of each group concerned."""
        chosen: dict[str, Member] = {}
        for member in self._members:
            if member.wants(message):
                rival = chosen.get(member.group_id, member)
                chosen[member.group_id] = min(rival, member, key=lambda one: one.unsettled)
        return list(chosen.values())

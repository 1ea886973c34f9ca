"""Groups, and the publishers that wait for them."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from brickline.events import (
    DELIVERY_LIMIT,
    BusUnavailable,
    Deliveries,
    Message,
    NoticeQueue,
    Subscription,
    Unroutable,
)
from brickline.memory_bus.member import Member


class MemoryBus:
    """A `Bus` for services that share one process and one event loop.

    Takes a message to one member of each group. As on a broker, a group once bound stays bound: while it has
    no member, publishing to its topic fails instead of passing it by. A bus made `paused` lets publishers
    wait until `resume`, so that services that start one by one all subscribe before the first message.

    There is no broker to hold a message back: how many are under way is bounded by the window of the relays
    that publish, not by a subscription's prefetch.
    """

    def __init__(self, *, paused: bool = False) -> None:
        self._members: list[Member] = []
        self._topics: dict[str, str] = {}  # of every group ever bound
        self._hearers: set[NoticeQueue] = set()
        self._resumed = asyncio.Event()
        if not paused:
            self._resumed.set()

    def resume(self) -> None:
        """Let publishers go on: every group has subscribed."""
        self._resumed.set()

    async def publish(self, message: Message) -> None:
        """Return when every group bound to the topic, or the one the message is for, has settled it."""
        await self._resumed.wait()
        settled = [member.deliver(message) for member in self._receivers(message)]
        outcomes = await asyncio.gather(*settled, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    @asynccontextmanager
    async def consume(self, subscription: Subscription) -> AsyncIterator[Deliveries]:
        """Deliver to the caller until the context ends; what is unsettled then fails at its publisher."""
        member = Member(subscription.group_id, abandoned=subscription.abandoned)
        self._topics[subscription.group_id] = subscription.topic
        self._members.append(member)
        try:
            yield member.deliveries
        finally:
            self._members.remove(member)
            member.leave()

    def blocked_topics(self) -> Collection[str]:
        """Topics of groups that are bound and take nothing now."""
        taking = {member.group_id for member in self._members if member.takes and not member.abandoned}
        return {topic for group_id, topic in self._topics.items() if group_id not in taking}

    async def tell(self, notice: bytes) -> None:
        """Tell everyone in this process who hears now."""
        for hearer in self._hearers:
            hearer.put(notice)

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Hear what is told from now on."""
        hearer = NoticeQueue()
        self._hearers.add(hearer)
        try:
            yield aiter(hearer)
        finally:
            self._hearers.remove(hearer)

    async def check(self) -> str | None:
        """Return None: there is no connection that could be lost."""
        return None

    def _receivers(self, message: Message) -> list[Member]:
        """Return the least busy member of each group concerned."""
        abandoned = message.claims > DELIVERY_LIMIT
        return [self._member(group_id, abandoned=abandoned) for group_id in self._groups(message)]

    def _groups(self, message: Message) -> list[str]:
        if message.group_id is not None:
            groups = [message.group_id] if message.group_id in self._topics else []
        else:
            groups = [group_id for group_id, topic in self._topics.items() if topic == message.topic]
        if not groups:
            raise Unroutable(
                f"no consumer: no group for {message.group_id or message.topic!r} in this process"
            )
        return groups

    def _member(self, group_id: str, *, abandoned: bool) -> Member:
        members = [
            member
            for member in self._members
            if member.group_id == group_id and member.abandoned is abandoned and member.takes
        ]
        if not members:
            raise BusUnavailable(f"group {group_id!r} is not consuming now")
        return min(members, key=lambda member: member.unsettled)

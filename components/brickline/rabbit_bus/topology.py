"""What exists on the broker, and its names. Every declaration is idempotent."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple
from uuid import uuid4

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue, FieldValue
from aio_pika.exceptions import ChannelPreconditionFailed

from brickline.events import DELIVERY_LIMIT, UNROUTED, Subscription, TopologyMismatch

_MOST_NOTICES = 1_000
_NOTICE_TTL_MS = 10_000


class Exchanges(NamedTuple):
    """Where messages go in."""

    events: AbstractExchange
    relay: AbstractExchange
    dead: AbstractExchange


@dataclass(frozen=True, slots=True)
class Topology:
    """Exchanges and queues under one name prefix, and the groups that must exist, by topic."""

    prefix: str
    routes: Mapping[str, Collection[str]]
    ordered: Collection[str] = ()
    """Topics whose groups take their events in order, so in one process at a time."""
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while declaring: two channels of one process should not collide as two processes may."""

    @property
    def events(self) -> str:
        """The topic exchange that other programs publish to; the routing key is the topic.

        What no queue is bound for goes by its alternate exchange to the queue `unrouted`.
        """
        return f"{self.prefix}.events"

    @property
    def relay(self) -> str:
        """The topic exchange that relays publish to, bound like `events`.

        It has no alternate, for then the broker would not tell a relay what it could not route.
        """
        return f"{self.prefix}.relay"

    @property
    def unrouted(self) -> str:
        """The alternate exchange of `events`, and its queue."""
        return f"{self.prefix}.unrouted"

    @property
    def dead(self) -> str:
        """The direct exchange for what queues give up; the routing key is the group."""
        return f"{self.prefix}.dead"

    @property
    def notices(self) -> str:
        """The fanout exchange for what every process may hear, and none needs to."""
        return f"{self.prefix}.notices"

    def queue(self, group_id: str) -> str:
        """The group's queue; a message for this group alone goes to it by the default exchange."""
        return f"{self.prefix}.{group_id}"

    async def declare(self, channel: AbstractChannel) -> None:
        """Declare the exchanges, and the queue of every group that must receive events.

        Raises `TopologyMismatch`.
        """
        await self._declare_unrouted(channel)
        exchanges = await self._declare_exchanges(channel)
        for topic, groups in self.routes.items():
            for group_id in groups:
                await self._declare_live(channel, exchanges, group_id, topic)
                await self._declare_dead(channel, exchanges, group_id)

    async def declare_for(self, channel: AbstractChannel, subscription: Subscription) -> AbstractQueue:
        """Declare what a subscription needs, and return the queue to consume. Raises `TopologyMismatch`."""
        unrouted = await self._declare_unrouted(channel)
        if subscription.group_id == UNROUTED:
            return unrouted
        exchanges = await self._declare_exchanges(channel)
        live = await self._declare_live(channel, exchanges, subscription.group_id, subscription.topic)
        dead = await self._declare_dead(channel, exchanges, subscription.group_id)
        return dead if subscription.abandoned else live

    async def declare_notices(self, channel: AbstractChannel) -> AbstractExchange:
        """Declare the exchange that notices are published to. Raises `TopologyMismatch`."""
        return await self._declare_exchange(channel, self.notices, ExchangeType.FANOUT)

    async def declare_hearing(self, channel: AbstractChannel) -> AbstractQueue:
        """Declare a queue of notices for this channel alone, and return it. Raises `TopologyMismatch`.

        It ends with its consumer. What nobody fetches in time is dropped by the broker, so that a hearer that
        hangs fills nothing.
        """
        exchange = await self.declare_notices(channel)
        queue = await channel.declare_queue(
            f"{self.notices}.{uuid4().hex}",
            exclusive=True,  # else RabbitMQ 4 would refuse a queue that is not durable
            auto_delete=True,
            arguments={"x-max-length": _MOST_NOTICES, "x-message-ttl": _NOTICE_TTL_MS},
        )
        await queue.bind(exchange)
        return queue

    async def _declare_exchanges(self, channel: AbstractChannel) -> Exchanges:
        alternate: dict[str, FieldValue] = {"alternate-exchange": self.unrouted}
        return Exchanges(
            await self._declare_exchange(channel, self.events, ExchangeType.TOPIC, alternate),
            await self._declare_exchange(channel, self.relay, ExchangeType.TOPIC),
            await self._declare_exchange(channel, self.dead, ExchangeType.DIRECT),
        )

    async def _declare_live(
        self, channel: AbstractChannel, exchanges: Exchanges, group_id: str, topic: str
    ) -> AbstractQueue:
        arguments = self._group_arguments(group_id, topic)
        queue = await self._declare_queue(channel, self.queue(group_id), arguments)
        await queue.bind(exchanges.events, topic)
        await queue.bind(exchanges.relay, topic)
        return queue

    async def _declare_dead(
        self, channel: AbstractChannel, exchanges: Exchanges, group_id: str
    ) -> AbstractQueue:
        queue = await self._declare_queue(channel, f"{self.queue(group_id)}.dead")
        await queue.bind(exchanges.dead, group_id)
        return queue

    async def _declare_unrouted(self, channel: AbstractChannel) -> AbstractQueue:
        exchange = await self._declare_exchange(channel, self.unrouted, ExchangeType.FANOUT)
        queue = await self._declare_queue(channel, self.unrouted)
        await queue.bind(exchange)
        return queue

    async def _declare_exchange(
        self,
        channel: AbstractChannel,
        name: str,
        kind: ExchangeType,
        arguments: Mapping[str, FieldValue] = MappingProxyType({}),
    ) -> AbstractExchange:
        with _mismatch_told():
            return await channel.declare_exchange(name, kind, durable=True, arguments=dict(arguments))

    async def _declare_queue(
        self,
        channel: AbstractChannel,
        name: str,
        arguments: Mapping[str, FieldValue] = MappingProxyType({}),
    ) -> AbstractQueue:
        with _mismatch_told():
            return await channel.declare_queue(
                name, durable=True, arguments={"x-queue-type": "quorum", **arguments}
            )

    def _group_arguments(self, group_id: str, topic: str) -> dict[str, FieldValue]:
        in_order: dict[str, FieldValue] = {"x-single-active-consumer": True} if topic in self.ordered else {}
        return in_order | {
            "x-delivery-limit": DELIVERY_LIMIT,  # stated, as the default differs by version
            "x-dead-letter-exchange": self.dead,
            "x-dead-letter-routing-key": group_id,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",  # at-least-once dead-lettering wants it
        }


@contextmanager
def _mismatch_told() -> Iterator[None]:
    try:
        yield
    except ChannelPreconditionFailed as error:
        raise TopologyMismatch(
            f"RabbitMQ holds a queue or exchange that differs from what this version declares: {error}. "
            "Drain and delete it, or run under another prefix."
        ) from error

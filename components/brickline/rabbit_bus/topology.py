"""What exists on the broker, and its names. Every declaration is idempotent."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue, FieldValue
from aio_pika.exceptions import ChannelPreconditionFailed

from brickline.events import DELIVERY_LIMIT, TopologyMismatch


class GroupQueues(NamedTuple):
    """What a group consumes: its events, and those that the broker gave up."""

    live: AbstractQueue
    dead: AbstractQueue


@dataclass(frozen=True, slots=True)
class Topology:
    """Exchanges and queues under one name prefix, and the groups that must exist, by topic."""

    prefix: str
    routes: Mapping[str, Collection[str]]
    gate: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while declaring: two channels of one process should not collide as two processes may."""

    @property
    def events(self) -> str:
        """The topic exchange that takes every event; the routing key is the topic."""
        return f"{self.prefix}.events"

    @property
    def dead(self) -> str:
        """The direct exchange for what queues give up; the routing key is the group."""
        return f"{self.prefix}.dead"

    def queue(self, group_id: str) -> str:
        """The group's queue; a message for this group alone goes to it by the default exchange."""
        return f"{self.prefix}.{group_id}"

    async def declare(self, channel: AbstractChannel) -> AbstractExchange:
        """Declare the exchange for events, and the queue of every group that must receive some.

        Raises `TopologyMismatch`.
        """
        for topic, groups in self.routes.items():
            for group_id in groups:
                await self.declare_group(channel, group_id, topic)
        return await self._declare_exchange(channel, self.events, ExchangeType.TOPIC)

    async def declare_group(self, channel: AbstractChannel, group_id: str, topic: str) -> GroupQueues:
        """Declare a group's queue, its dead queue and its binding. Raises `TopologyMismatch`."""
        dead = await self._declare_exchange(channel, self.dead, ExchangeType.DIRECT)
        dead_queue = await self._declare_queue(channel, f"{self.queue(group_id)}.dead", {})
        await dead_queue.bind(dead, group_id)
        events = await self._declare_exchange(channel, self.events, ExchangeType.TOPIC)
        queue = await self._declare_queue(channel, self.queue(group_id), self._group_arguments(group_id))
        await queue.bind(events, topic)
        return GroupQueues(queue, dead_queue)

    async def _declare_exchange(
        self, channel: AbstractChannel, name: str, kind: ExchangeType
    ) -> AbstractExchange:
        with _mismatch_told():
            return await channel.declare_exchange(name, kind, durable=True)

    async def _declare_queue(
        self, channel: AbstractChannel, name: str, arguments: dict[str, FieldValue]
    ) -> AbstractQueue:
        with _mismatch_told():
            return await channel.declare_queue(
                name, durable=True, arguments={"x-queue-type": "quorum", **arguments}
            )

    def _group_arguments(self, group_id: str) -> dict[str, FieldValue]:
        return {
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

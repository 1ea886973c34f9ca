"""What exists on the broker, and its names. Every declaration is idempotent."""

from dataclasses import dataclass

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractQueue, FieldValue
from aio_pika.exceptions import ChannelPreconditionFailed

from brickline.events import Subscription, TopologyMismatch

DELIVERY_LIMIT = 20
"""Deliveries before the broker takes a message for a crash loop. Stated, as defaults differ by version."""


@dataclass(frozen=True, slots=True)
class Topology:
    """Exchanges and queues under one name prefix."""

    prefix: str

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

    async def declare_events(self, channel: AbstractChannel) -> AbstractExchange:
        """Declare the exchange for events. Raises `TopologyMismatch`."""
        try:
            return await channel.declare_exchange(self.events, ExchangeType.TOPIC, durable=True)
        except ChannelPreconditionFailed as error:
            raise _mismatch(error) from error

    async def declare_group(self, channel: AbstractChannel, subscription: Subscription) -> AbstractQueue:
        """Declare the group's queue, its dead queue and its binding. Raises `TopologyMismatch`."""
        group_id = subscription.group_id
        try:
            dead = await channel.declare_exchange(self.dead, ExchangeType.DIRECT, durable=True)
            dead_queue = await channel.declare_queue(
                f"{self.queue(group_id)}.dead", durable=True, arguments={"x-queue-type": "quorum"}
            )
            await dead_queue.bind(dead, group_id)
            events = await self.declare_events(channel)
            queue = await channel.declare_queue(
                self.queue(group_id), durable=True, arguments=self._queue_arguments(group_id)
            )
        except ChannelPreconditionFailed as error:
            raise _mismatch(error) from error
        await queue.bind(events, subscription.topic)
        return queue

    def _queue_arguments(self, group_id: str) -> dict[str, FieldValue]:
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": self.dead,
            "x-dead-letter-routing-key": group_id,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",  # at-least-once dead-lettering wants it
        }


def _mismatch(error: ChannelPreconditionFailed) -> TopologyMismatch:
    return TopologyMismatch(
        f"RabbitMQ holds a queue or exchange that differs from what this version declares: {error}. "
        "Drain and delete it, or run under another prefix."
    )

"""One group's consumer: opened, kept open, and opened again whenever broker or connection ends it."""

import asyncio
import contextlib
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

from brickline.events import BusError, DeliveryQueue, Message, Subscription
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.topology import Topology
from brickline.rabbit_bus.wire import from_amqp
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_RECONNECT_S = (0.1, 0.5, 1.0, 2.0, 5.0)


class Subscriber:
    """Keeps one subscription consuming; what arrives goes into `deliveries`."""

    def __init__(self, connector: Connector, topology: Topology, subscription: Subscription) -> None:
        self.deliveries = DeliveryQueue()
        self._connector = connector
        self._topology = topology
        self._subscription = subscription
        self._channel: AbstractChannel | None = None

    async def open(self) -> AbstractChannel:
        """Declare the group's queue and start to consume it. Raises `BusUnavailable`, `TopologyMismatch`."""
        with self._connector.unavailable("does not let a group consume"):
            connection = await self._connector.connection()
            self._channel = channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=self._subscription.prefetch)
            queue = await self._topology.declare_group(
                channel, self._subscription.group_id, self._subscription.topic
            )
            underlay = await channel.get_underlay_channel()
            # The broker cancels a consumer whose queue is deleted or moved, and keeps the channel open.
            underlay.on_consumer_cancel_callbacks.add(lambda _frame: channel.close())
            await queue.consume(self._on_message)
        self.deliveries.interrupted = None
        return channel

    async def keep_open(self, channel: AbstractChannel) -> None:
        """Wait for the channel to end and open the next, for ever."""
        while True:
            await channel.closed()
            group_id = self._subscription.group_id
            self.deliveries.interrupted = f"group {group_id}: RabbitMQ at {self._connector.address} went away"
            _log.warning("consumer.interrupted", group=group_id)
            # The broker delivers these again, on the next channel.
            await self.deliveries.discard(release=False)
            channel = await self._reopen()
            _log.info("consumer.resumed", group=group_id)

    async def close(self) -> None:
        """End the consumer; the broker takes back what is unacknowledged."""
        if self._channel is not None and not self._channel.is_closed:
            with contextlib.suppress(AMQPError, OSError, RuntimeError):
                await self._channel.close()

    async def _reopen(self) -> AbstractChannel:
        attempt = 0
        while True:
            await asyncio.sleep(_RECONNECT_S[min(attempt, len(_RECONNECT_S) - 1)])
            try:
                return await self.open()
            except BusError as error:
                attempt += 1
                self.deliveries.interrupted = f"group {self._subscription.group_id}: {error}"

    async def _on_message(self, incoming: AbstractIncomingMessage) -> None:
        message = from_amqp(incoming, self._subscription.group_id)
        await self.deliveries.put(_RabbitDelivery(message, incoming))


@dataclass(frozen=True, slots=True)
class _RabbitDelivery:
    message: Message
    _incoming: AbstractIncomingMessage

    async def ack(self) -> None:
        try:
            await self._incoming.ack()
        except (AMQPError, OSError, RuntimeError) as error:
            self._taken_back(error)

    async def release(self) -> None:
        try:
            await self._incoming.nack(requeue=True)
        except (AMQPError, OSError, RuntimeError) as error:
            self._taken_back(error)

    def _taken_back(self, error: Exception) -> None:
        """Its channel is gone, so the broker delivers it again and the inbox will tell."""
        _log.info("delivery.taken_back", event_id=str(self.message.event_id), reason=repr(error))

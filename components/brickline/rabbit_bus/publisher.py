"""Publishing that cannot lie: only a confirm counts, and what no queue takes comes back as an error."""

import asyncio
from typing import cast

import aiormq
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import DeliveryError, PublishError

from brickline.events import BusUnavailable, Message, Unroutable
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.patience import Patience
from brickline.rabbit_bus.topology import Topology
from brickline.rabbit_bus.wire import properties_of


class Publisher:
    """Publishes on one channel of one connection, both made again when they are lost."""

    def __init__(self, connector: Connector, topology: Topology) -> None:
        self._connector = connector
        self._topology = topology
        self._patience = Patience()
        self._channel: AbstractChannel | None = None
        self._underlay: aiormq.Channel | None = None

    async def publish(self, message: Message) -> None:
        """Return at the broker's confirm. Raises `Unroutable` or `BusUnavailable`."""
        with self._connector.unavailable("did not confirm a message"):
            channel = self._underlay
            if channel is None or channel.is_closed:
                channel = await self.open()
            async with asyncio.timeout(None) as limit:
                self._patience.begin(limit, channel)
                try:
                    if message.group_id is None:
                        await _confirmed(channel, message, self._topology.relay, message.topic)
                    else:
                        await _confirmed(channel, message, "", self._topology.queue(message.group_id))
                finally:
                    self._patience.end(limit)

    async def open(self) -> aiormq.Channel:
        """Return an open channel, with everything declared that is published to."""
        if self._underlay is None or self._underlay.is_closed:
            async with self._topology.gate:
                if self._underlay is None or self._underlay.is_closed:  # or another has opened it meanwhile
                    self._underlay = await self._opened()
        return self._underlay

    async def _opened(self) -> aiormq.Channel:
        connection = await self._connector.connection()
        # Without on_return_raises an unroutable message would come back as a success.
        self._channel = await connection.channel(on_return_raises=True)
        await self._topology.declare(self._channel)
        return cast(aiormq.Channel, await self._channel.get_underlay_channel())


async def _confirmed(channel: aiormq.Channel, message: Message, exchange: str, routing_key: str) -> None:
    """Publish, and wait for the confirm alone.

    Waiting for each message to leave the process as well, as aio-pika's own publish does, would send them one
    by one. What is under way is bounded by the window of the relay.
    """
    try:
        await channel.basic_publish(
            message.body,
            exchange=exchange,
            routing_key=routing_key,
            properties=properties_of(message),
            mandatory=True,
            wait=False,
        )
    except PublishError as error:
        raise Unroutable(f"no consumer: RabbitMQ has no queue for {routing_key!r}") from error
    except DeliveryError as error:
        raise BusUnavailable(f"RabbitMQ refused a message for {routing_key!r}: its queue is full") from error

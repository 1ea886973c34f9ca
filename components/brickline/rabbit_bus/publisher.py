"""Publishing that cannot lie: only a confirm counts, and what no queue takes comes back as an error."""

import asyncio
from dataclasses import dataclass

from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import DeliveryError, PublishError

from brickline.events import BusUnavailable, Message, Unroutable
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.topology import Topology
from brickline.rabbit_bus.wire import to_amqp

_CONFIRM_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Where an open channel publishes: to every group of a topic, or to one queue by its name."""

    events: AbstractExchange
    queues: AbstractExchange


class Publisher:
    """Publishes on one channel of one connection, both made again when they are lost."""

    def __init__(self, connector: Connector, topology: Topology) -> None:
        self._connector = connector
        self._topology = topology
        self._channel: AbstractChannel | None = None
        self._exchanges: Exchanges | None = None
        self._lock = asyncio.Lock()

    async def publish(self, message: Message) -> None:
        """Return at the broker's confirm. Raises `Unroutable` or `BusUnavailable`."""
        with self._connector.unavailable("did not confirm a message"):
            exchanges = await self.open()
            if message.group_id is None:
                await _confirmed(exchanges.events, message, message.topic)
            else:
                await _confirmed(exchanges.queues, message, self._topology.queue(message.group_id))

    async def open(self) -> Exchanges:
        """Return the exchanges of an open channel."""
        async with self._lock:
            if self._exchanges is None or self._channel is None or self._channel.is_closed:
                connection = await self._connector.connection()
                # Without on_return_raises an unroutable message would come back as a success.
                self._channel = await connection.channel(on_return_raises=True)
                events = await self._topology.declare(self._channel)
                queues = await self._channel.get_exchange("", ensure=False)
                self._exchanges = Exchanges(events, queues)
            return self._exchanges


async def _confirmed(exchange: AbstractExchange, message: Message, routing_key: str) -> None:
    try:
        await exchange.publish(to_amqp(message), routing_key, mandatory=True, timeout=_CONFIRM_TIMEOUT_S)
    except PublishError as error:
        raise Unroutable(f"no consumer: RabbitMQ has no queue for {routing_key!r}") from error
    except DeliveryError as error:
        raise BusUnavailable(f"RabbitMQ refused a message for {routing_key!r}: its queue is full") from error

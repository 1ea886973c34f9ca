"""One group's consumer: opened, kept open, and opened again whenever broker or connection ends it."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import cast

import aiormq
from aio_pika.abc import AbstractChannel, AbstractQueue
from aiormq.abc import DeliveredMessage

from brickline.events import BusError, Delivery, DeliveryQueue, Subscription
from brickline.rabbit_bus.acknowledging import Acknowledger
from brickline.rabbit_bus.closing import close
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.declaring import declared
from brickline.rabbit_bus.delivery import RabbitDelivery, ack_together
from brickline.rabbit_bus.topology import Topology
from brickline.rabbit_bus.wire import from_amqp
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_RECONNECT_S = (0.1, 0.5, 1.0, 2.0)


class _RabbitDeliveries(DeliveryQueue):
    """Tells the broker to send no more before it hands back what is waiting.

    Otherwise the broker would send it here again at once, and again, until its delivery limit is used up.
    """

    def __init__(self, consume: Callable[[], Awaitable[None]], cancel: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._consume = consume
        self._cancel = cancel

    async def pause(self) -> None:
        self.paused = True  # from now on, also for a channel that is opened meanwhile
        await self._cancel()
        await super().pause()

    async def resume(self) -> None:
        await super().resume()
        await self._consume()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        await ack_together(deliveries)

    async def stop(self) -> None:
        await self._cancel()
        await super().stop()


class Subscriber:
    """Keeps one subscription consuming; what arrives goes into `deliveries`."""

    def __init__(self, connector: Connector, topology: Topology, subscription: Subscription) -> None:
        self.deliveries = _RabbitDeliveries(self._consume, self._cancel)
        self._connector = connector
        self._topology = topology
        self._subscription = subscription
        self._channel: AbstractChannel | None = None
        self._queue: AbstractQueue | None = None
        self._underlay: aiormq.Channel | None = None
        self._consumer_tag: str | None = None
        self._closing: asyncio.Task[None] | None = None
        self._acknowledger: Acknowledger | None = None

    async def open(self) -> AbstractChannel:
        """Declare the group's queue and start to consume it. Raises `BusUnavailable`, `TopologyMismatch`."""
        async with self._topology.gate:
            with self._connector.unavailable("does not let a group consume"):
                return await self._open()

    @property
    def _takes(self) -> bool:
        return not (self.deliveries.paused or self.deliveries.stopped)

    async def _open(self) -> AbstractChannel:
        connection = await self._connector.connection()
        self._channel = channel = await connection.channel(publisher_confirms=False)
        await channel.set_qos(prefetch_count=self._subscription.prefetch)
        self._queue = self._underlay = self._acknowledger = None  # those were of the last channel
        queue = await self._topology.declare_for(channel, self._subscription)
        self._underlay = underlay = cast(aiormq.Channel, await channel.get_underlay_channel())
        underlay.on_consumer_cancel_callbacks.add(lambda _frame: self._close_soon(channel))
        self._consumer_tag = None
        self._acknowledger = Acknowledger(underlay)
        self._queue = queue
        await self._consume_if_wanted()
        self.deliveries.interrupted = None
        return channel

    async def keep_open(self, channel: AbstractChannel) -> None:
        """Wait for the channel to end and open the next, until there is a stop."""
        while True:
            await channel.closed()
            group_id = self._subscription.group_id
            self.deliveries.interrupted = f"group {group_id}: RabbitMQ at {self._connector.address} went away"
            _log.warning("consumer.interrupted", group=group_id)
            # The broker delivers these again, on the next channel.
            await self.deliveries.discard(release=False)
            reopened = await self._reopen()
            if reopened is None:
                return
            channel = reopened
            _log.info("consumer.resumed", group=group_id)

    async def close(self) -> None:
        """End the consumer; the broker takes back what is unacknowledged."""
        if self._acknowledger is not None:
            await self._acknowledger.flush(alone=True)
        if self._channel is not None:
            await close(self._channel)

    async def _consume(self) -> None:
        """Consume again after a pause; a channel that is opened meanwhile does so by itself."""
        if self._subscription.ordered and self._channel is not None:
            self._close_soon(self._channel)  # it holds what was handed back; the next one consumes
            return
        with contextlib.suppress(BusError), self._connector.unavailable("went away"):
            await self._consume_if_wanted()

    async def _consume_if_wanted(self) -> None:
        """Consume, unless that is so already or there is a pause or a stop, also one that comes meanwhile."""
        if (
            self._takes
            and self._consumer_tag is None
            and self._queue
            and self._underlay
            and self._acknowledger
        ):
            self._consumer_tag = await self._consume_on(self._underlay, self._acknowledger, self._queue)
            if not self._takes:
                await self._cancel()

    async def _consume_on(
        self, underlay: aiormq.Channel, acknowledger: Acknowledger, queue: AbstractQueue
    ) -> str | None:
        """Have what arrives put into `deliveries`; return the consumer's tag.

        On the channel below aio-pika's, which would make an object and a task more of every message.
        """
        on_message = partial(self._on_message, acknowledger)
        return (await underlay.basic_consume(queue.name, on_message)).consumer_tag

    async def _cancel(self) -> None:
        """Take no more. Where the order matters the end of the channel does that, once all is settled.

        Otherwise the next member of the group would get what comes after the events that are in hand here.
        """
        if self._subscription.ordered:
            return
        if self._underlay is not None and self._consumer_tag is not None:
            tag, self._consumer_tag = self._consumer_tag, None
            with contextlib.suppress(BusError), self._connector.unavailable("went away"):
                await self._underlay.basic_cancel(tag)

    def _close_soon(self, channel: AbstractChannel) -> None:
        """Close the channel after the broker cancelled its consumer, because the queue was deleted or moved.

        In a task, as this is called by what reads the channel and so would see the broker's answer.
        """
        self._closing = asyncio.create_task(close(channel))

    async def _hand_back_all(self, acknowledger: Acknowledger) -> None:
        """Have the broker deliver again what is unsettled on the channel, in its order.

        After a stop or a pause there is nothing to do: the end of the channel, or its renewal, does it.
        """
        if self._takes and acknowledger is self._acknowledger and self._channel is not None:
            self._acknowledger = None  # what still arrives on this channel is not taken
            await self.deliveries.discard(release=False)
            await acknowledger.flush(alone=True)
            self._close_soon(self._channel)

    async def _reopen(self) -> AbstractChannel | None:
        """Return the next channel, None after a stop: what is in hand needs none to be settled."""
        attempt = 0
        while not self.deliveries.stopped:
            longest = _RECONNECT_S[min(attempt, len(_RECONNECT_S) - 1)]
            await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  # jitter, not a secret
            try:
                return await declared(self.open)
            except BusError as error:
                attempt += 1
                self.deliveries.interrupted = f"group {self._subscription.group_id}: {error}"
        return None

    async def _on_message(self, acknowledger: Acknowledger, incoming: DeliveredMessage) -> None:
        if self._subscription.ordered and acknowledger is not self._acknowledger:
            return  # of a channel that hands all of it back
        message, tag = from_amqp(incoming, self._subscription.group_id), incoming.delivery_tag or 0
        acknowledger.arrived(tag)
        hand_back = partial(self._hand_back_all, acknowledger) if self._subscription.ordered else None
        await self.deliveries.put(RabbitDelivery(message, tag, acknowledger, hand_back))

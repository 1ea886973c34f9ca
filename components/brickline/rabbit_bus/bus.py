"""The bus: one connection to publish on, one to consume on."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Self

from brickline.events import BusError, Deliveries, Message, Subscription, TopologyMismatch
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.declaring import declared
from brickline.rabbit_bus.hearer import Hearer
from brickline.rabbit_bus.publisher import Publisher
from brickline.rabbit_bus.subscriber import Subscriber
from brickline.rabbit_bus.teller import Teller
from brickline.rabbit_bus.topology import Topology


class RabbitBus:
    """A `Bus` over one RabbitMQ virtual host.

    A broker that throttles publishers blocks their connection, so consumers have one of their own.
    """

    def __init__(self, publishing: Connector, consuming: Connector, topology: Topology) -> None:
        self._publishing = publishing
        self._consuming = consuming
        self._topology = topology
        self._publisher = Publisher(publishing, topology)
        self._teller = Teller(publishing, topology)

    @classmethod
    @asynccontextmanager
    async def connect(
        cls,
        url: str,
        *,
        routes: Mapping[str, Collection[str]],
        ordered: Collection[str] = (),
        prefix: str = "brickline",
        name: str = "brickline",
    ) -> AsyncIterator[Self]:
        """Connect, and close at the end. Raises `BusUnavailable` with the address when nothing answers.

        The queues of all groups in `routes`, by topic, are declared before anything is published, so that no
        event passes by a group that has never run yet. Groups of `ordered` topics take their events in one
        process at a time. `prefix` begins the name of every queue and exchange;
        `name` is shown in the broker's own tools.
        """
        publishing, consuming = Connector(url, f"{name} publishing"), Connector(url, f"{name} consuming")
        bus = cls(publishing, consuming, Topology(prefix, routes, ordered))
        try:
            await declared(bus._reach)
            yield bus
        finally:
            await asyncio.gather(publishing.close(), consuming.close(), return_exceptions=True)

    async def publish(self, message: Message) -> None:
        """Return once the broker has confirmed the message. Raises `Unroutable` or `BusUnavailable`."""
        await self._publisher.publish(message)

    @asynccontextmanager
    async def consume(self, subscription: Subscription) -> AsyncIterator[Deliveries]:
        """Declare and consume the group's queue; reconnects by itself until the context ends."""
        if subscription.ordered and subscription.topic not in self._topology.ordered:
            raise TopologyMismatch(
                f"events of {subscription.topic} are handled in order and the bus was not told: "
                "name the topic in RabbitBus.connect(ordered=...)"
            )
        subscriber = Subscriber(self._consuming, self._topology, subscription)
        channel = await declared(subscriber.open)
        keeper = asyncio.create_task(subscriber.keep_open(channel))
        try:
            yield subscriber.deliveries
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await subscriber.close()

    def blocked_topics(self) -> Collection[str]:
        """Return nothing: the broker holds messages for groups that take none."""
        return ()

    async def tell(self, notice: bytes) -> None:
        """Tell every process that hears now. Raises `BusUnavailable`, `TopologyMismatch`."""
        await self._teller.tell(notice)

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """Hear what is told; reconnects by itself until the context ends."""
        hearer = Hearer(self._consuming, self._topology)
        channel = await hearer.open()
        keeper = asyncio.create_task(hearer.keep_open(channel))
        try:
            yield aiter(hearer.notices)
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await hearer.close()

    async def check(self) -> str | None:
        """Readiness: None, or why nothing can be published. Reconnects if the connection was lost."""
        try:
            await self._reach()
        except BusError as error:
            return str(error)
        return None

    async def _reach(self) -> None:
        with self._publishing.unavailable("cannot be reached"):
            await self._publisher.open()

"""What waits on the broker for each group, told without a bus and without a trace."""

import asyncio
from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelNotFoundEntity

from brickline.events import UNROUTED, BusUnavailable, Message, Subscription
from brickline.rabbit_bus import RabbitBus, queued
from brickline_dev.wire import Wire
from support.waiting import eventually

ORDERS = Subscription("orders", "shop.ordered", 8)
SHIPMENTS = Subscription("shipments", "shop.shipped", 8)


@pytest.fixture
async def channel(rabbitmq_url: str) -> AsyncIterator[AbstractChannel]:
    """A channel of its own, as another program would have."""
    async with await aio_pika.connect(rabbitmq_url) as connection, connection.channel() as channel:
        yield channel


async def declare(bus: RabbitBus, *subscriptions: Subscription) -> None:
    for subscription in subscriptions:
        async with bus.consume(subscription):
            pass


async def test_each_group_is_told_with_what_waits_for_it_whatever_its_topic(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    await declare(bus, ORDERS, SHIPMENTS)
    for topic, count in (("shop.ordered", 3), ("shop.shipped", 2)):
        for _ in range(count):
            await bus.publish(Message(b"{}", topic, None))
    groups = ["orders", "shipments", "nobody", "orders"]
    assert await queued(rabbitmq_url, groups, prefix=topology_prefix) == {
        "orders": 3,
        "shipments": 2,
        "nobody": 0,
    }
    assert await queued(rabbitmq_url, [], prefix=topology_prefix) == {}


async def test_what_the_bus_gave_up_for_a_group_counts_too(
    bus: RabbitBus, channel: AbstractChannel, rabbitmq_url: str, topology_prefix: str
) -> None:
    await declare(bus, ORDERS)
    await bus.publish(Message(b"{}", "shop.ordered", None))
    dead = await channel.get_exchange(f"{topology_prefix}.dead")
    await dead.publish(aio_pika.Message(b"{}"), "orders")
    events = await channel.get_exchange(f"{topology_prefix}.events")
    await events.publish(aio_pika.Message(b"{}"), "shop.nowhere", mandatory=False)
    waiting = await queued(rabbitmq_url, ["orders", UNROUTED], prefix=topology_prefix)
    assert waiting == {"orders": 2, UNROUTED: 1}


async def test_what_a_consumer_has_in_hand_counts_once_it_is_handed_back(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    async def waiting() -> int:
        return (await queued(rabbitmq_url, ["orders"], prefix=topology_prefix))["orders"]

    async with bus.consume(ORDERS) as deliveries:
        await bus.publish(Message(b"{}", "shop.ordered", None))
        assert len(await deliveries.take(1)) == 1
        assert await waiting() == 0
    await eventually(waiting)


async def test_looking_declares_nothing(
    rabbitmq_url: str, topology_prefix: str, channel: AbstractChannel
) -> None:
    assert await queued(rabbitmq_url, ["orders"], prefix=topology_prefix) == {"orders": 0}
    with pytest.raises(ChannelNotFoundEntity):
        await channel.declare_queue(f"{topology_prefix}.orders", passive=True)


async def test_looking_leaves_no_connection_behind(wired: tuple[Wire, str], topology_prefix: str) -> None:
    wire, url = wired
    await queued(url, ["orders", "shipments"], prefix=topology_prefix)
    await eventually(lambda: wire.connections == 0)


async def test_no_broker_is_told_with_its_address_and_without_the_password() -> None:
    with pytest.raises(BusUnavailable, match=r"127\.0\.0\.1:9/shop cannot be reached") as caught:
        await queued("amqp://someone:sesame@127.0.0.1:9/shop", ["orders"])
    assert "sesame" not in str(caught.value)


async def test_a_connection_that_breaks_meanwhile_is_told(
    wired: tuple[Wire, str], topology_prefix: str
) -> None:
    wire, url = wired
    looking = asyncio.create_task(queued(url, [f"group{n}" for n in range(5_000)], prefix=topology_prefix))
    await eventually(lambda: wire.connections)
    await asyncio.sleep(0.2)  # into the middle of it
    wire.sever()
    with pytest.raises(BusUnavailable, match="RabbitMQ at"):
        await looking

"""What is declared on the broker: the same every time, and an error that says so where it differs."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from brickline.events import UNROUTED, BusUnavailable, Message, Subscription, TopologyMismatch, Unroutable
from brickline.rabbit_bus import RabbitBus
from support.buses import depth, rabbit_bus

ORDERS = Subscription("orders", "shop.ordered", 8)
MESSAGE = Message(body=b"{}", topic="shop.ordered", event_id=None)


@pytest.fixture
async def channel(rabbitmq_url: str) -> AsyncIterator[AbstractChannel]:
    """A channel of its own, as another program would have."""
    async with await aio_pika.connect(rabbitmq_url) as connection, connection.channel() as channel:
        yield channel


async def test_declaring_again_changes_nothing(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    for _ in range(2):
        async with bus.consume(ORDERS), bus.consume(ORDERS):
            pass
    await bus.publish(MESSAGE)
    async with RabbitBus.connect(rabbitmq_url, routes={}, prefix=topology_prefix) as another:
        async with another.consume(ORDERS):
            pass
        await another.publish(MESSAGE)
    assert await depth(rabbitmq_url, f"{topology_prefix}.orders") == 2


async def test_a_queue_with_other_properties_is_told_by_name_and_with_what_to_do(
    bus: RabbitBus, channel: AbstractChannel, topology_prefix: str
) -> None:
    await channel.declare_queue(f"{topology_prefix}.orders", durable=True)
    with pytest.raises(TopologyMismatch, match=rf"'{topology_prefix}\.orders'.*Drain and delete it"):
        async with bus.consume(ORDERS):
            pass


async def test_an_exchange_of_another_kind_is_told_by_name(
    rabbitmq_url: str, channel: AbstractChannel, topology_prefix: str
) -> None:
    await channel.declare_exchange(f"{topology_prefix}.events", "fanout", durable=True)
    with pytest.raises(TopologyMismatch, match=rf"'{topology_prefix}\.events'"):
        async with rabbit_bus(rabbitmq_url, topology_prefix):
            pass


async def test_the_groups_that_must_exist_are_declared_before_anything_is_published(
    rabbitmq_url: str, topology_prefix: str
) -> None:
    routes = {"shop.ordered": ("orders", "others")}
    async with rabbit_bus(rabbitmq_url, topology_prefix):  # sweeps at the end
        async with RabbitBus.connect(rabbitmq_url, routes=routes, prefix=topology_prefix) as bus:
            await bus.publish(MESSAGE)
        for group in routes["shop.ordered"]:
            assert await depth(rabbitmq_url, f"{topology_prefix}.{group}") == 1


async def test_what_no_queue_takes_is_unroutable_and_not_a_success(bus: RabbitBus) -> None:
    with pytest.raises(Unroutable, match=r"no queue for 'shop\.ordered'"):
        await bus.publish(MESSAGE)
    with pytest.raises(Unroutable, match=r"\.orders'"):
        await bus.publish(Message(b"{}", "shop.ordered", None, group_id="orders"))


async def test_what_another_program_publishes_reaches_its_group_or_is_caught(
    bus: RabbitBus, channel: AbstractChannel, rabbitmq_url: str, topology_prefix: str
) -> None:
    async with bus.consume(ORDERS):
        pass
    events = await channel.get_exchange(f"{topology_prefix}.events")
    for topic in ("shop.ordered", "shop.nowhere"):
        await events.publish(aio_pika.Message(b"{}"), topic, mandatory=False)
    assert await depth(rabbitmq_url, f"{topology_prefix}.orders") == 1
    assert await depth(rabbitmq_url, f"{topology_prefix}.unrouted") == 1
    async with bus.consume(Subscription(UNROUTED, "", 8, abandoned=True)) as deliveries:
        (caught,) = await deliveries.take(8)
        assert caught.message.topic == "shop.nowhere"
        await caught.ack()


async def test_of_many_in_flight_each_publisher_gets_its_own_outcome(bus: RabbitBus) -> None:
    async with bus.consume(ORDERS):
        pass
    lost = Message(b"{}", "shop.nowhere", None)
    outcomes = await asyncio.gather(
        *(bus.publish(MESSAGE if number % 3 else lost) for number in range(300)), return_exceptions=True
    )
    assert [isinstance(outcome, Unroutable) for outcome in outcomes] == [
        number % 3 == 0 for number in range(300)
    ]
    assert all(outcome is None or isinstance(outcome, Unroutable) for outcome in outcomes)


async def test_a_full_queue_refuses_and_that_is_not_a_success(
    bus: RabbitBus, channel: AbstractChannel, topology_prefix: str
) -> None:
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
    queue = await channel.declare_queue(f"{topology_prefix}.full", exclusive=True, arguments=arguments)
    full = Message(b"{}", "shop.ordered", None, group_id="full")
    outcomes = await asyncio.gather(*(bus.publish(full) for _ in range(8)), return_exceptions=True)
    assert any(isinstance(outcome, BusUnavailable) and "is full" in str(outcome) for outcome in outcomes)
    declared = await channel.declare_queue(queue.name, passive=True)
    assert declared.declaration_result.message_count == sum(outcome is None for outcome in outcomes)


async def test_no_broker_is_told_with_its_address_within_seconds_and_without_the_password() -> None:
    url = f"amqp://someone:{quote('sesame/öffne', safe='')}@127.0.0.1:9/shop"
    async with asyncio.timeout(30):
        with pytest.raises(BusUnavailable, match=r"127\.0\.0\.1:9/shop cannot be reached") as caught:
            async with RabbitBus.connect(url, routes={}):
                pass
    assert "sesame" not in str(caught.value)


async def test_something_that_accepts_and_says_nothing_is_told_within_seconds() -> None:
    server = await asyncio.start_server(lambda _reader, _writer: asyncio.sleep(60), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(30):
        with pytest.raises(BusUnavailable, match=f":{port}/ cannot be reached"):
            async with RabbitBus.connect(f"amqp://guest:guest@127.0.0.1:{port}/", routes={}):
                pass
    server.close()


async def test_a_refused_login_is_told_without_the_password(rabbitmq_url: str) -> None:
    url = rabbitmq_url.replace("//guest:guest@", "//guest:sesame@", 1)
    with pytest.raises(BusUnavailable, match="user and password are right") as caught:
        async with RabbitBus.connect(url, routes={}):
            pass
    assert "sesame" not in str(caught.value)

"""Connections, channels, queues and brokers come and go; consuming and publishing go on by themselves."""

import asyncio
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import pytest

from brickline.events import BusError, BusUnavailable, Delivery, Message, Subscription
from brickline.rabbit_bus import RabbitBus
from brickline_dev.rabbit_node import RabbitNode
from brickline_dev.wire import Wire
from support.shop import Ordered, Shop, consumer, message_of, open_shop, settle
from support.waiting import eventually

ORDERS = Subscription("orders", Ordered.topic, 8)


async def consumers_of(url: str, queue: str) -> int:
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.consumer_count or 0


async def take(deliveries: Any) -> Delivery:
    async with asyncio.timeout(10):
        async for delivery in deliveries:
            assert isinstance(delivery.message, Message)
            return delivery  # type: ignore[no-any-return]
    raise AssertionError("the stream ended")


async def test_severed_connections_are_made_again_with_one_consumer(
    shop: Shop, wire: Wire, rabbitmq_url: str, topology_prefix: str
) -> None:
    async with shop.running(consumer(settle), lease_s=1.0):
        for number in range(0, 30, 10):
            await shop.order(*range(number, number + 10))
            wire.sever()
            await shop.until_settled(number + 10)
        await eventually(lambda: is_one(rabbitmq_url, f"{topology_prefix}.orders"))
        await eventually(lambda: is_ready(shop))
    assert await shop.effects() == list(range(30))


async def is_one(url: str, queue: str) -> bool:
    return await consumers_of(url, queue) == 1


async def test_a_connection_that_breaks_while_publishing_is_unavailable_and_never_a_cancellation(
    bus: RabbitBus, wire: Wire
) -> None:
    async with bus.consume(ORDERS):
        pass
    for _ in range(5):
        tasks = [asyncio.create_task(bus.publish(message_of(Ordered(number=n)))) for n in range(50)]
        await asyncio.sleep(0.003)  # not for luck: any moment will do
        wire.sever()
        outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert {type(outcome) for outcome in outcomes} <= {type(None), BusUnavailable}
    await bus.publish(message_of(Ordered(number=1)))
    assert await bus.check() is None


async def test_a_channel_closed_by_the_broker_while_publishing_is_unavailable_and_made_again(
    bus: RabbitBus,
) -> None:
    async with bus.consume(ORDERS):
        pass
    for _ in range(3):
        tasks = [asyncio.create_task(bus.publish(message_of(Ordered(number=n)))) for n in range(50)]
        await asyncio.sleep(0.003)
        channel: Any = bus._publisher._channel
        # The broker closes the channel, or the connection: what was being published reaches it too late.
        with pytest.raises(aio_pika.exceptions.AMQPError):
            await channel.declare_queue("amq.forbidden", durable=True)
        outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert {type(outcome) for outcome in outcomes} <= {type(None), BusUnavailable}
        await eventually(lambda: is_publishing(bus))


async def test_acknowledging_and_releasing_on_a_dead_channel_is_harmless(bus: RabbitBus, wire: Wire) -> None:
    async with bus.consume(ORDERS) as deliveries:
        for _ in range(2):
            await bus.publish(message_of(Ordered(number=1)))
        first, second = await take(deliveries), await take(deliveries)
        wire.sever()
        await first.ack()
        await second.release()
        again = {(await take(deliveries)).message.event_id for _ in range(2)}
        assert again == {first.message.event_id, second.message.event_id}
        await first.ack()
        await second.release()


async def test_a_queue_deleted_under_its_consumer_is_declared_and_consumed_again(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    queue = f"{topology_prefix}.orders"
    async with bus.consume(ORDERS) as deliveries:
        for _ in range(2):
            async with await aio_pika.connect(rabbitmq_url) as connection, connection.channel() as channel:
                await channel.queue_delete(queue)
            await eventually(lambda: is_publishing(bus))
            delivery = await take(deliveries)
            await delivery.ack()
        assert deliveries.interrupted is None


async def is_publishing(bus: RabbitBus) -> bool:
    try:
        await bus.publish(message_of(Ordered(number=1)))
    except BusError:
        return False
    return True


async def test_others_get_what_a_consumer_that_stops_had_not_taken(
    bus: RabbitBus,
) -> None:
    async with bus.consume(ORDERS) as stops:
        ids = {uuid4() for _ in range(5)}
        for event_id in ids:
            await bus.publish(message_of(Ordered(number=1), event_id=event_id))
        in_hand = await take(stops)
        await stops.stop()
        async with bus.consume(ORDERS) as others:
            seen = {(await take(others)).message.event_id for _ in range(4)}
        assert seen == ids - {in_hand.message.event_id}
        await in_hand.ack()


async def test_a_stop_while_the_broker_is_away_ends_every_iteration(bus: RabbitBus, wire: Wire) -> None:
    async with bus.consume(ORDERS) as deliveries:
        wire.sever()
        await asyncio.wait_for(deliveries.stop(), 5)
        async with asyncio.timeout(5):
            assert [delivery async for delivery in deliveries] == []


@pytest.mark.parametrize(
    ("headers", "correlation_id"),
    [
        ({}, None),
        ({"brickline-topic": 7, "brickline-attempt": "many"}, "no uuid"),
        ({"brickline-topic": "nul\x00", "brickline-attempt": -1}, ""),
        ({"brickline-topic": "", "brickline-attempt": 2**40}, "01997c5c-0000-7000-8000-000000000000"),
        ({"brickline-topic": None, "brickline-attempt": True}, None),
        ({"brickline-ordering-key": "no uuid", "brickline-position": 1}, None),
        ({"brickline-ordering-key": "01997c5c-0000-7000-8000-000000000000", "brickline-position": -1}, None),
        ({"brickline-ordering-key": "01997c5c-0000-7000-8000-000000000000", "brickline-position": "1"}, None),
    ],
)
@pytest.mark.parametrize("valid", [True, False])
async def test_headers_that_are_missing_or_forged_cost_no_message(
    shop: Shop,
    rabbitmq_url: str,
    topology_prefix: str,
    headers: dict[str, Any],
    correlation_id: str | None,
    valid: bool,
) -> None:
    calls = 0

    async def fail_once(event: Any, context: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("a retry needs what the headers do not say")
        await settle(event, context)

    body = message_of(Ordered(number=1)).body if valid else b"{}"
    async with shop.running(consumer(fail_once)):
        async with await aio_pika.connect(rabbitmq_url) as connection, connection.channel() as channel:
            await channel.default_exchange.publish(
                aio_pika.Message(body, headers=headers, correlation_id=correlation_id),
                f"{topology_prefix}.orders",
            )
        await shop.until_settled(1)
    assert await shop.effects() == ([1] if valid else [])
    assert [letter["reason"] for letter in await shop.dead_letters()] == ([] if valid else ["contract"])


async def test_after_a_stop_or_a_kill_of_the_broker_everything_goes_on(
    database_url: str, node: RabbitNode, topology_prefix: str
) -> None:
    queue = f"{topology_prefix}.orders"
    async with (
        RabbitBus.connect(node.url, routes={}, prefix=topology_prefix) as bus,
        open_shop(database_url, bus) as shop,
        shop.running(consumer(settle), lease_s=1.0),
    ):
        await shop.order(*range(20))
        await shop.until_settled(20)
        await eventually(lambda: node.has_registered(queue), 15)
        for number, end in enumerate((node.stop, node.kill), 1):
            await shop.order(*range(number * 20, number * 20 + 10))
            await end()
            await shop.order(*range(number * 20 + 10, number * 20 + 20))
            reason = await eventually(lambda: why_orders_are_held_up(shop))
            assert f"RabbitMQ at 127.0.0.1:{urlsplit(node.url).port}" in reason
            await node.start()
            await shop.until_settled(number * 20 + 20, timeout_s=30)
            await eventually(lambda: is_one(node.url, queue))
        await eventually(lambda: is_ready(shop))
        assert await shop.effects() == list(range(60))


async def why_orders_are_held_up(shop: Shop) -> str | None:
    checks = (await shop.health.readiness()).checks
    (reason,) = [reason for name, reason in checks.items() if name.endswith("group.orders")]
    return None if reason == "ok" else reason


async def is_ready(shop: Shop) -> bool:
    return (await shop.health.readiness()).ready

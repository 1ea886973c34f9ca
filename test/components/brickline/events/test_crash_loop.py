"""An event whose handling kills the process cannot do so for ever."""

import aio_pika
import pytest

from brickline.events import DELIVERY_LIMIT, Subscription
from brickline.rabbit_bus import RabbitBus
from support.shop import Ordered, Shop, consumer, message_of, settle
from support.waiting import eventually


async def test_an_event_that_was_claimed_again_and_again_without_an_end_is_buried(memory_shop: Shop) -> None:
    (event_id,) = await memory_shop.order(1)
    await memory_shop.order(2)
    await memory_shop.rows("update outbox set claims = $1 where event_id = $2", DELIVERY_LIMIT, event_id)
    async with memory_shop.running(consumer(settle)):
        await memory_shop.until_settled(2)
    (letter,) = await memory_shop.dead_letters()
    assert (letter["event_id"], letter["reason"]) == (event_id, "crash loop")
    assert await memory_shop.effects() == [2]


async def test_a_row_that_is_handed_back_begins_to_count_anew(memory_shop: Shop) -> None:
    await memory_shop.order(1)
    await memory_shop.rows("update outbox set claims = $1", DELIVERY_LIMIT - 1)
    async with memory_shop.running():  # nobody consumes: the row is claimed and handed back
        await eventually(lambda: counts_anew(memory_shop))


async def counts_anew(shop: Shop) -> bool:
    return [row["claims"] for row in await shop.waiting()] == [0]


@pytest.mark.parametrize("broker_url", ["rabbit"], indirect=True)
async def test_what_the_broker_gives_up_becomes_a_dead_letter(
    shop: Shop, bus: RabbitBus, broker_url: str, topology_prefix: str
) -> None:
    async with bus.consume(Subscription("orders", Ordered.topic, prefetch=1)):
        pass  # the queue exists now
    message = message_of(Ordered(number=1))
    await bus.publish(message)
    await _return_until_given_up(broker_url, f"{topology_prefix}.orders")
    async with shop.running(consumer(settle)):
        await shop.until_settled(1)
    (letter,) = await shop.dead_letters()
    assert (letter["event_id"], letter["reason"]) == (message.event_id, "crash loop")
    assert await shop.effects() == []


async def _return_until_given_up(url: str, queue_name: str) -> None:
    """Take the message and hand it back, as processes that die of it do."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        queue = await channel.get_queue(queue_name)
        async with queue.iterator(timeout=5) as deliveries:
            for _ in range(DELIVERY_LIMIT + 1):
                await (await anext(deliveries)).nack(requeue=True)

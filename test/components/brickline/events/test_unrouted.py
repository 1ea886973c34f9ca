"""What another program publishes and no group receives is a dead letter, and can be replayed to a group."""

import aio_pika
import pytest

from brickline.events import (
    DeadLetterDesk,
    EventRuntime,
    EventsError,
    LetterFilter,
    ReplayOrder,
)
from brickline.telemetry import Health
from support.shop import Shipped, Shop, consumer, message_of, settle
from support.waiting import eventually


@pytest.mark.parametrize("broker_url", ["rabbit"], indirect=True)
async def test_an_event_that_no_group_receives_is_caught_and_replayed_once_there_is_one(
    shop: Shop, rabbitmq_url: str, topology_prefix: str
) -> None:
    message = message_of(Shipped(number=7))
    async with shop.running(consumer(settle)):
        async with await aio_pika.connect(rabbitmq_url) as connection, connection.channel() as channel:
            events = await channel.get_exchange(f"{topology_prefix}.events")
            await events.publish(aio_pika.Message(message.body), Shipped.topic, mandatory=False)
        (letter,) = await eventually(shop.dead_letters)
    assert (letter["reason"], letter["topic"]) == ("unrouted", Shipped.topic)
    assert letter["event_id"] == message.event_id
    assert "no group receives events of 'shop.shipped'" in letter["error"]

    shipments = consumer(settle, group="shipments", of=Shipped)
    async with shop.running(consumer(settle), shipments):
        desk = DeadLetterDesk({"shop": shop.database})
        await desk.replay(LetterFilter(reason="unrouted"), ReplayOrder(by="tests"))
        await shop.until_settled(1, "shipments")
    assert await shop.effects("shipments") == [7]


async def test_no_group_may_have_the_name_that_stands_for_none(memory_shop: Shop) -> None:
    runtime = EventRuntime("shop", memory_shop.database, memory_shop.bus)
    with pytest.raises(EventsError, match="unrouted"):
        async with runtime.running([consumer(settle, group="unrouted")], Health("shop")):
            pass

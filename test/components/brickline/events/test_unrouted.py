"""What another program publishes and no group receives is a dead letter, and can be replayed to a group."""

from uuid import uuid4

import aio_pika
import pytest

from brickline.events import (
    UNROUTED,
    DeadLetterDesk,
    EventRuntime,
    EventsError,
    LetterFilter,
    ReplayOrder,
)
from brickline.events.dead_letters import DeadLetter, bury
from brickline.events.dead_letters.errors import NoReceiver
from brickline.events.errors import NoGroup
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
        desk = DeadLetterDesk({"shop": shop.database}, {Shipped.topic: ("shipments",)})
        await desk.replay(LetterFilter(reason="unrouted"), ReplayOrder(by="tests"))
        await shop.until_settled(1, "shipments")
    assert await shop.effects("shipments") == [7]


async def test_a_letter_that_no_group_would_receive_is_not_replayed(memory_shop: Shop) -> None:
    bodies = {topic: message_of(Shipped(number=1)).body for topic in ("shop.known", "shop.unknown")}
    async with memory_shop.database.connection() as connection:
        for topic, body in bodies.items():
            error = NoGroup(f"no group receives events of {topic!r}")
            letter = DeadLetter(uuid4(), UNROUTED, topic, "acme", "c" * 32, UNROUTED, error, 1, body)
            await bury(connection, letter)
    desk = DeadLetterDesk({"shop": memory_shop.database}, {"shop.known": ("shipments",)})
    with pytest.raises(NoReceiver, match=r"'shop\.unknown'.*Nothing was done"):
        await desk.replay(LetterFilter(reason=UNROUTED), ReplayOrder(by="tests", dry_run=True))
    assert await memory_shop.waiting() == []


async def test_no_group_may_have_the_name_that_stands_for_none(memory_shop: Shop) -> None:
    runtime = EventRuntime("shop", memory_shop.database, memory_shop.bus)
    with pytest.raises(EventsError, match="unrouted"):
        async with runtime.running([consumer(settle, group="unrouted")], Health("shop")):
            pass

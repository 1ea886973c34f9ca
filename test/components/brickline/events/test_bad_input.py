"""Whatever a stranger puts on a queue ends with its reason, and what comes after it is handled."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from brickline.events import Consumer, EventContext
from brickline.schemas import MAX_EVENT_BYTES, DataProcessed, EventDeadLettered, UnwritableEvent
from support.graveyard import mourner
from support.shop import MOURNERS, ORIGIN, Ordered, Shipped, Shop, consumer, settle
from support.stranger import Stranger, as_bytes, order_document, stranger_at
from support.waiting import eventually

NEXT = 1000
"""The number of the good order behind the bad one."""


@pytest.fixture
async def stranger(broker_url: str | None, topology_prefix: str, shop: Shop) -> AsyncIterator[Stranger]:
    async with stranger_at(broker_url, topology_prefix, shop) as stranger:
        yield stranger


def one_at_a_time() -> Consumer[Any]:
    """So that a message that is never settled would hold up what is behind it."""
    return consumer(settle, concurrency=1)


def from_now(**ahead: float) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


BAD: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"\x89PNG\r\n\x1a\n\x00\xff", "not an event of this system: body: Invalid JSON"),
    "JSON that is no event": (b'{"order": 7}', "not an event of this system: specversion: Field required"),
    "an unknown topic": (
        as_bytes(order_document(type="garden.watered", dataschema="urn:brickline:schema:garden.watered:1")),
        "this reader is of 'shop.ordered'; the event is a 'garden.watered'",
    ),
    "an unknown version": (
        as_bytes(order_document(dataschema=f"urn:brickline:schema:{Ordered.topic}:7")),
        "version 7 cannot be read: this reader knows version 1",
    ),
    "a payload that does not fit": (
        as_bytes(order_document(data={"number": "seven"})),
        "does not fit Ordered version 1: number: Input should be a valid integer",
    ),
    "a payload over the limit": (
        as_bytes(order_document(data={"number": 7, "note": "x" * MAX_EVENT_BYTES})),
        f"bytes and the limit is {MAX_EVENT_BYTES:,}",
    ),
    "a future timestamp": (as_bytes(order_document(time=from_now(hours=2))), "set the clock that is wrong"),
    "the last moment there is": (
        as_bytes(order_document(time="9999-12-31T23:59:59.999999-23:59")),
        "claims to have occurred at 9999-12-31T23:59:59.999999-23:59",
    ),
}


@pytest.mark.parametrize(("body", "says"), BAD.values(), ids=BAD.keys())
async def test_bad_input_is_a_dead_letter_with_its_reason_and_the_next_event_is_handled(
    shop: Shop, stranger: Stranger, body: bytes, says: str
) -> None:
    async with shop.running(one_at_a_time(), mourner()):
        await stranger.send(body)
        await shop.order(NEXT)
        await shop.until_settled(2)
        assert (await shop.health.readiness()).ready
    (letter,) = await shop.dead_letters()
    assert (letter["reason"], letter["body"], letter["attempts"]) == ("contract", body, 1)
    assert says in letter["error"]
    assert await shop.effects() == [NEXT]


@pytest.mark.parametrize(
    "time",
    [from_now(minutes=50), "0001-01-01T00:00:00+23:59", "1999-01-01T00:00:00Z"],
    ids=["fast", "the first moment there is", "old"],
)
async def test_an_event_that_is_old_or_from_a_clock_that_is_fast_is_handled(
    shop: Shop, stranger: Stranger, time: str
) -> None:
    async with shop.running(one_at_a_time()):
        await stranger.send(as_bytes(order_document(3, time=time)))
        await shop.until_settled(1)
    assert (await shop.effects(), await shop.dead_letters()) == ([3], [])


async def test_an_event_without_any_header_is_handled_under_its_own_id(
    shop: Shop, stranger: Stranger
) -> None:
    document = order_document(3)
    async with shop.running(one_at_a_time()):
        await stranger.send(as_bytes(document))
        await shop.until_settled(1)
    assert await shop.rows("select event_id, number from effects") == [
        {"event_id": UUID(document["id"]), "number": 3}
    ]


async def test_an_event_with_forged_headers_is_handled_and_costs_nobody_else(
    shop: Shop, stranger: Stranger
) -> None:
    victim = uuid4()
    async with shop.running(one_at_a_time()):
        await stranger.send(as_bytes(order_document(3)), topic="forged", event_id=victim, attempt=3)
        await shop.until_settled(1)
        await stranger.send(as_bytes(order_document(4, id=str(victim))))
        await shop.until_settled(2)
    assert (await shop.effects(), await shop.dead_letters()) == ([3, 4], [])


async def test_garbage_under_a_forged_id_does_not_take_the_place_of_the_event_that_has_it(
    shop: Shop, stranger: Stranger
) -> None:
    victim = uuid4()
    async with shop.running(one_at_a_time()):
        await stranger.send(b"garbage", event_id=victim)
        await shop.until_settled(1)
        await stranger.send(as_bytes(order_document(4, id=str(victim))))
        await shop.until_settled(2)
    (letter,) = await shop.dead_letters()
    assert letter["event_id"] != victim
    assert await shop.effects() == [4]


async def test_a_dead_letter_has_the_topic_that_its_event_names_and_not_the_one_of_a_header(
    shop: Shop, stranger: Stranger
) -> None:
    """Else it would not be announced, and the job that waits for it would never end."""
    heard: list[EventDeadLettered] = []

    async def hear(event: EventDeadLettered, _context: EventContext) -> None:
        heard.append(event)

    async with shop.running(one_at_a_time(), consumer(hear, group=MOURNERS, of=EventDeadLettered)):
        await stranger.send(as_bytes(order_document(data={})), topic=EventDeadLettered.topic)
        await shop.until_settled(1, MOURNERS)
    (letter,) = await shop.dead_letters()
    assert letter["topic"] == Ordered.topic
    assert [told.event_topic for told in heard] == [Ordered.topic]


async def test_a_dead_event_about_something_endless_is_announced_all_the_same(
    shop: Shop, stranger: Stranger
) -> None:
    """Its announcement repeats what it is about, twice, and must not grow past the limit itself."""
    heard: list[EventDeadLettered] = []

    async def hear(event: EventDeadLettered, _context: EventContext) -> None:
        heard.append(event)

    async with shop.running(one_at_a_time(), consumer(hear, group=MOURNERS, of=EventDeadLettered)):
        await stranger.send(as_bytes(order_document(data={}, subject="x" * (MAX_EVENT_BYTES * 3 // 4))))
        await shop.until_settled(1, MOURNERS)
    assert [len(told.event_subject or "") for told in heard] == [2000]
    assert len(await shop.dead_letters()) == 1


async def test_an_id_used_again_for_another_event_is_skipped_with_a_warning(
    shop: Shop, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    document = order_document(3)
    another = {**document, "data": {"number": "no number"}, "source": "somewhere else"}
    async with shop.running(one_at_a_time()):
        await stranger.send(as_bytes(document))
        await shop.until_settled(1)
        await stranger.send(as_bytes(another))
        await eventually(lambda: "event.id_reused" in caplog.messages)
        await shop.order(NEXT)
        await shop.until_settled(2)
    assert (await shop.effects(), await shop.dead_letters()) == ([3, NEXT], [])


async def test_an_event_too_large_to_publish_is_a_permanent_failure_of_its_handler(
    shop: Shop, stranger: Stranger
) -> None:
    class Novel(Shipped):
        text: str

    async def write(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            if event.number != NEXT:
                await tx.publish(Novel(number=1, text="x" * MAX_EVENT_BYTES))

    async with shop.running(consumer(write, concurrency=1, publishes=(Novel,))):
        await stranger.send(as_bytes(order_document(3)))
        await shop.order(NEXT)
        await shop.until_settled(2)
    (letter,) = await shop.dead_letters()
    assert (letter["reason"], letter["attempts"]) == ("permanent", 1)
    assert "an event of 'shop.shipped' has 2,097," in letter["error"]
    assert f"the limit is {MAX_EVENT_BYTES:,}" in letter["error"]


async def test_nothing_of_a_transaction_is_kept_that_publishes_too_much(memory_shop: Shop) -> None:
    async def publish_too_much() -> None:
        async with runtime.transaction(ORIGIN) as tx:
            await tx.connection.execute("insert into effects values ($1, 'none', 1)", uuid4())
            await tx.publish(DataProcessed(document_id=uuid4(), title="T", content="x" * MAX_EVENT_BYTES))

    async with memory_shop.running() as runtime:
        with pytest.raises(UnwritableEvent):
            await publish_too_much()
    assert (await memory_shop.rows("select * from effects"), await memory_shop.waiting()) == ([], [])

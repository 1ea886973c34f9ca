"""Before a version is retired, a service's tables tell what still holds an event of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from brickline.events import (
    EventContext,
    Holdings,
    LetterFilter,
    PermanentError,
    ReplayOrder,
    TransientError,
    holdings,
    pause_group,
)
from brickline.events.held_versions import _OURS
from brickline.persistence import Database, MigrationError
from brickline.schemas import DataProcessed, Payload, Upcaster
from support.graveyard import desk_of, until_dead
from support.shop import Ordered, Shop, consumer, message_of
from support.stranger import as_bytes, order_document
from support.waiting import eventually

LATER = datetime(2999, 1, 1, tzinfo=UTC)
NOTHING = Holdings(0, 0, ())


class NextOrdered(Payload):
    """The order of the next release."""

    topic: ClassVar[str] = Ordered.topic
    version: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: lambda data: {"amount": data["number"]}}
    amount: int


class Bulky(Payload):
    """An order with a text that might be taken for the envelope of another."""

    topic: ClassVar[str] = Ordered.topic
    version: ClassVar[int] = 2
    text: str


async def held(shop: Shop, version: int = 1, topic: str = Ordered.topic) -> Holdings:
    return await holdings(shop.database, topic, version)


async def put_in_outbox(shop: Shop, body: bytes, *, topic: str = Ordered.topic, count: int = 1) -> None:
    await shop.rows(
        "insert into outbox (event_id, topic, tenant, trace_id, attempt, body) "
        "select gen_random_uuid(), $1, 'acme', '', 1, $2 from generate_series(1, $3)",
        topic,
        body,
        count,
    )


async def put_in_letters(
    shop: Shop, body: bytes, *, topic: str = Ordered.topic, tenant: str | None = None, count: int = 1
) -> None:
    await shop.rows(
        "insert into dead_letters (dead_letter_id, event_id, group_id, topic, tenant, reason, error, "
        "fingerprint, attempts, body) "
        "select gen_random_uuid(), gen_random_uuid(), 'orders', $1, $2, '', '', '', 1, $3 "
        "from generate_series(1, $4)",
        topic,
        tenant,
        body,
        count,
    )


async def fail(_event: Any, _context: EventContext) -> None:
    raise PermanentError("not this one")


async def test_an_empty_service_holds_nothing(memory_shop: Shop) -> None:
    assert await held(memory_shop) == NOTHING
    assert NOTHING.nothing


async def test_what_waits_in_the_outbox_is_counted_by_topic_and_version(memory_shop: Shop) -> None:
    old = await memory_shop.order(1, 2)
    await memory_shop.order(3, due_at=LATER)
    await put_in_outbox(memory_shop, message_of(NextOrdered(amount=4)).body)
    found = await held(memory_shop)
    assert (found.outbox, found.dead_letters, found.nothing) == (3, 0, False)
    assert set(old) < set(found.examples)
    assert (await held(memory_shop, 2)).outbox == 1
    assert await held(memory_shop, 3) == await held(memory_shop, 1, "shop.shipped") == NOTHING


async def test_a_retry_that_is_due_later_is_counted(memory_shop: Shop) -> None:
    async def again_later(_event: Any, _context: EventContext) -> None:
        raise TransientError("later", retry_after_s=3600)

    async with memory_shop.running(consumer(again_later)):
        [event_id] = await memory_shop.order(1)
        await eventually(lambda: is_put_off(memory_shop))
    assert await held(memory_shop) == Holdings(1, 0, (event_id,))


async def is_put_off(shop: Shop) -> bool:
    return [row["attempt"] for row in await shop.waiting()] == [2]


async def test_dead_letters_count_until_they_are_discarded_or_replayed(memory_shop: Shop) -> None:
    async with memory_shop.running(consumer(fail)):
        await memory_shop.order(1, 2, 3)
        letters = await until_dead(memory_shop, 3)
    assert (await held(memory_shop)).dead_letters == 3
    desk = desk_of(memory_shop)
    first, second = [LetterFilter(ids=(letter.dead_letter_id,)) for letter in letters[:2]]
    await desk.discard(first, by="ada", reason="a test")
    found = await held(memory_shop)
    assert (found.outbox, found.dead_letters) == (0, 2)
    assert set(found.examples) == {letter.event_id for letter in letters[1:]}
    await desk.replay(second, ReplayOrder(by="ada", canary=False))
    found = await held(memory_shop)
    assert (found.outbox, found.dead_letters) == (1, 1)


async def test_at_most_five_examples_are_named(memory_shop: Shop) -> None:
    await memory_shop.order(*range(8))
    found = await held(memory_shop)
    assert (found.outbox, len(set(found.examples))) == (8, 5)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\x00\xfe", b"{", b"null", b"[1]", b'{"specversion":"1.0"}', b"\\u0000"]
)
async def test_bytes_that_are_no_event_break_nothing_and_may_be_of_any_version(
    memory_shop: Shop, body: bytes
) -> None:
    await put_in_outbox(memory_shop, body)
    await put_in_letters(memory_shop, body)
    await memory_shop.order(1)
    for version, outbox in ((1, 1), (2, 0)):
        found = await held(memory_shop, version)
        assert (found.outbox, found.unreadable, found.nothing) == (outbox, 2, False)


async def test_unreadable_letters_of_another_topic_are_none_of_this_one(memory_shop: Shop) -> None:
    await put_in_letters(memory_shop, b"garbage", topic=DataProcessed.topic)
    assert await held(memory_shop) == NOTHING
    assert (await held(memory_shop, topic=DataProcessed.topic)).unreadable == 1


async def test_unreadable_letters_of_no_topic_that_there_is_may_be_of_any(memory_shop: Shop) -> None:
    await put_in_letters(memory_shop, b"garbage", topic="test.orders")
    assert (await held(memory_shop)).unreadable == 1


@pytest.mark.parametrize("padding", [0, 1_000, 4_000], ids=["small", "medium", "large"])
async def test_what_another_program_wrote_is_read_whatever_the_order_of_its_attributes(
    memory_shop: Shop, padding: int
) -> None:
    document = order_document(1, data={"number": 1, "text": "x" * padding})
    backwards = dict(reversed(document.items()))
    for written in (document, backwards):
        await put_in_outbox(memory_shop, as_bytes(written))
        await put_in_letters(memory_shop, as_bytes(written), tenant="acme")
    assert (await held(memory_shop)).outbox == (await held(memory_shop)).dead_letters == 2
    assert await held(memory_shop, 2) == NOTHING


@pytest.mark.parametrize("padding", [0, 4_000], ids=["small", "large"])
async def test_a_text_that_quotes_an_envelope_is_not_taken_for_one(memory_shop: Shop, padding: int) -> None:
    quoted = message_of(Ordered(number=1)).body.decode()
    await put_in_outbox(memory_shop, message_of(Bulky(text=quoted + "x" * padding)).body)
    assert await held(memory_shop, 1) == NOTHING
    assert (await held(memory_shop, 2)).outbox == 1


async def test_an_event_of_another_topic_under_this_ones_name_is_not_of_it(memory_shop: Shop) -> None:
    await put_in_outbox(
        memory_shop, message_of(DataProcessed(document_id=uuid4(), title="t", content="c")).body
    )
    assert await held(memory_shop) == NOTHING


async def test_a_paused_group_holds_the_event_it_waits_to_be_able_to_read(memory_shop: Shop) -> None:
    async with memory_shop.database.connection() as connection:
        await pause_group(connection, "orders", "a test", message_of(NextOrdered(amount=1)).body)
        await pause_group(connection, "others", "a test", b"garbage")
    assert await held(memory_shop, 2) == Holdings(0, 0, (), pauses=1)
    assert not (await held(memory_shop, 2)).nothing
    assert await held(memory_shop, 1) == NOTHING


async def test_tables_of_an_older_release_are_told_with_what_to_do(database_url: str) -> None:
    async with Database.connect(database_url, schema="old") as database:
        with pytest.raises(MigrationError, match=r"the tables of old are older .* start that service once"):
            await holdings(database, Ordered.topic, 1)


def test_the_beginning_of_what_we_write_tells_its_version_without_being_parsed() -> None:
    """Else a hundred thousand large events would have to be read to the end."""
    match = _OURS.match(message_of(NextOrdered(amount=1), job_id=uuid4()).body[:2048])
    assert match
    assert (match[1], match[2]) == (b"shop.ordered", b"2")


async def test_a_hundred_thousand_rows_are_counted(memory_shop: Shop) -> None:
    body, foreign = message_of(Bulky(text="x" * 900)).body, as_bytes(order_document(1, note="y" * 900))
    await put_in_outbox(memory_shop, body, count=50_000)
    await put_in_letters(memory_shop, body, tenant="acme", count=40_000)
    await put_in_outbox(memory_shop, foreign, count=10_000)
    found = await held(memory_shop, 2)
    assert (found.outbox, found.dead_letters, found.unreadable) == (50_000, 40_000, 0)
    assert (await held(memory_shop, 1)).outbox == 10_000

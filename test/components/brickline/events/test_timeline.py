"""The timeline of a trace tells what became of each of its events, from the rows that handling left."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import (
    MIGRATIONS,
    AttemptFailed,
    BatchConsumer,
    BatchContext,
    DeadLettered,
    Deferred,
    Discarded,
    EventContext,
    LetterFilter,
    Message,
    Origin,
    PermanentError,
    Published,
    Replayed,
    ReplayOrder,
    RetryPolicy,
    Settled,
    TimelineStep,
    Waiting,
    read_timeline,
)
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database, MigrationError
from brickline.schemas import BaseEvent
from support.graveyard import Clinic, desk_of, mourner, until_dead
from support.shop import ORIGIN, QUICKLY, Ordered, Shipped, Shop, consumer, open_shop, settle, settle_and_ship
from support.waiting import eventually

TRACE = ORIGIN.trace_id


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    async with open_shop(database_url, MemoryBus()) as shop:
        yield shop


async def timeline(shop: Shop, trace_id: str = TRACE) -> list[TimelineStep]:
    return await read_timeline({"shop": shop.database}, trace_id)


def kinds(steps: list[TimelineStep]) -> list[tuple[str, str]]:
    return [(step.what, step.topic) for step in steps]


async def test_each_event_is_published_once_and_settled_by_each_of_its_groups_in_that_order(
    shop: Shop,
) -> None:
    shipments = consumer(settle, group="shipments", of=Shipped)
    others = consumer(settle, group="others", of=Shipped)
    started = datetime.now(UTC)
    async with shop.running(consumer(settle_and_ship), shipments, others):
        [ordered] = await shop.order(1)
        await shop.until_settled(1, "shipments")
        await shop.until_settled(1, "others")
    steps = await timeline(shop)
    assert kinds(steps) == [
        ("published", "shop.ordered"),
        ("settled", "shop.ordered"),
        ("published", "shop.shipped"),
        ("settled", "shop.shipped"),
        ("settled", "shop.shipped"),
    ]
    published, settled, *later = steps
    assert published.event_id == settled.event_id == ordered
    assert isinstance(settled, Settled)
    assert (settled.service, settled.group_id, settled.attempt) == ("shop", "orders", 1)
    assert {step.group_id for step in later if isinstance(step, Settled)} == {"shipments", "others"}
    assert started <= published.at <= settled.at <= datetime.now(UTC)
    assert settled.after_s == pytest.approx((settled.at - published.at).total_seconds(), abs=1e-4)


async def test_other_traces_are_left_out(shop: Shop) -> None:
    other = Origin(tenant="acme", trace_id="ab" * 16)
    async with shop.running(consumer(settle)):
        [mine] = await shop.order(1)
        await shop.order(2, 3, origin=other)
        await shop.until_settled(3)
    assert {step.event_id for step in await timeline(shop)} == {mine}
    assert len(await timeline(shop, other.trace_id)) == 4
    assert await timeline(shop, "cd" * 16) == []


async def test_the_time_of_the_handler_is_what_it_did_before_its_transaction(shop: Shop) -> None:
    async def slow(event: Any, context: EventContext) -> None:
        await asyncio.sleep(0.05)
        await settle(event, context)

    async with shop.running(consumer(slow)):
        await shop.order(1)
        await shop.until_settled(1)
    [settled] = [step for step in await timeline(shop) if isinstance(step, Settled)]
    assert 50 <= settled.handler_ms <= settled.after_s * 1000


async def test_every_failed_attempt_is_told_with_its_class_and_error_and_when_it_was_tried_again(
    shop: Shop,
) -> None:
    async def third_time_lucky(event: Any, context: EventContext) -> None:
        if context.attempt < 3:
            raise RuntimeError(f"no luck at {context.attempt}")
        await settle(event, context)

    async with shop.running(consumer(third_time_lucky)):
        [event_id] = await shop.order(1)
        await shop.until_settled(1)
    published, first, second, settled = await timeline(shop)
    assert isinstance(published, Published)
    assert isinstance(settled, Settled)
    assert settled.attempt == 3
    for number, step in enumerate((first, second), start=1):
        assert isinstance(step, AttemptFailed)
        assert (step.event_id, step.group_id, step.attempt) == (event_id, "orders", number)
        assert (step.failure, step.error) == ("transient", f"RuntimeError: no luck at {number}")
        assert step.again_at is not None
        assert step.at <= settled.at
        assert step.again_at <= settled.at


async def test_events_settled_as_a_batch_are_told_like_others(shop: Shop) -> None:
    origins = [Origin(tenant="acme", trace_id=f"{number:032x}") for number in range(1, 4)]
    for number, origin in enumerate(origins):
        await shop.order(number, origin=origin)
    async with shop.running(Batches()):
        await shop.until_settled(3, "batches")
    for origin in origins:
        published, settled = await timeline(shop, origin.trace_id)
        assert isinstance(published, Published)
        assert isinstance(settled, Settled)
        assert (settled.event_id, settled.group_id, settled.attempt) == (published.event_id, "batches", 1)


class Batches(BatchConsumer[Ordered]):
    """Settles and does nothing else."""

    group_id = "batches"

    async def process_batch(self, events: Sequence[BaseEvent[Ordered]], context: BatchContext) -> None:
        async with context.transaction():
            pass


async def test_an_event_that_was_given_up_ends_with_its_dead_letter_and_is_not_told_as_settled(
    shop: Shop,
) -> None:
    async def never(_event: Any, _context: EventContext) -> None:
        raise RuntimeError("never")

    async with shop.running(consumer(never, retry=RetryPolicy(max_attempts=2, base_s=0.01))):
        await shop.order(1)
        await shop.until_settled(1)
    steps = [step for step in await timeline(shop) if step.topic == Ordered.topic]
    assert [step.what for step in steps] == ["published", "attempt failed", "attempt failed", "dead letter"]
    last, letter = steps[2:]
    [row] = await shop.dead_letters()
    assert isinstance(last, AttemptFailed)
    assert (last.attempt, last.failure, last.again_at) == (2, "exhausted", None)
    assert isinstance(letter, DeadLettered)
    assert (letter.reason, letter.attempts, letter.error) == ("exhausted", 2, "RuntimeError: never")
    assert (letter.dead_letter_id, letter.fingerprint) == (row["dead_letter_id"], row["fingerprint"])


async def test_an_event_that_cannot_be_read_is_told_by_its_envelope(shop: Shop) -> None:
    async with shop.running(consumer(settle)):
        await publish_raw(shop, cloud_event(data={"number": "many"}))
        await eventually(shop.dead_letters)
    steps = [step for step in await timeline(shop) if step.topic == Ordered.topic]
    assert [step.what for step in steps] == ["published", "attempt failed", "dead letter"]
    assert steps[0].service == "elsewhere"
    assert isinstance(steps[1], AttemptFailed)
    assert steps[1].failure == "contract"


async def test_a_dead_letter_that_was_replayed_is_told_until_the_event_is_settled(shop: Shop) -> None:
    clinic = Clinic()
    async with shop.running(clinic.consumer(), mourner()):
        await shop.order(1)
        [letter] = await until_dead(shop, 1)
        clinic.all_cured = True
        await desk_of(shop).replay(LetterFilter(ids=(letter.dead_letter_id,)), ReplayOrder(by="me"))
        await shop.until_settled(1)
    steps = [step for step in await timeline(shop) if step.topic == Ordered.topic]
    assert [step.what for step in steps] == [
        "published",
        "attempt failed",
        "dead letter",
        "replayed",
        "settled",
    ]
    replayed = steps[3]
    assert isinstance(replayed, Replayed)
    assert (replayed.by, replayed.edited) == ("me", False)
    assert replayed.dead_letter_id == letter.dead_letter_id
    assert {step.event_id for step in steps} == {letter.event_id}


async def test_a_dead_letter_that_was_discarded_is_told_with_the_reason(shop: Shop) -> None:
    async with shop.running(Clinic().consumer(), mourner()):
        await shop.order(1)
        [letter] = await until_dead(shop, 1)
    await desk_of(shop).discard(LetterFilter(group="orders"), by="me", reason="a test")
    [discarded] = [step for step in await timeline(shop) if isinstance(step, Discarded)]
    assert (discarded.by, discarded.reason) == ("me", "a test")
    assert discarded.dead_letter_id == letter.dead_letter_id


@pytest.mark.parametrize("until", [datetime.now(UTC) + timedelta(hours=1), datetime.max.replace(tzinfo=UTC)])
async def test_what_waits_comes_last_with_when_it_is_due_and_why(shop: Shop, until: datetime) -> None:
    async def deferring(_event: Any, _context: EventContext) -> None:
        raise Deferred("no budget left", until=until)

    async with shop.running(consumer(deferring)):
        [event_id] = await shop.order(1)

        async def waits() -> bool:
            return [row["group_id"] for row in await shop.waiting()] == ["orders"]

        await eventually(waits)
    published, failed, waiting = await timeline(shop)
    assert isinstance(published, Published)
    assert isinstance(failed, AttemptFailed)
    assert (failed.failure, failed.again_at) == ("deferred", until)
    assert isinstance(waiting, Waiting)
    assert (waiting.state, waiting.at, waiting.group_id, waiting.attempt) == ("later", until, "orders", 1)
    assert waiting.event_id == event_id
    assert waiting.waiting_for is not None
    assert "no budget left" in waiting.waiting_for


async def test_an_event_that_nobody_has_sent_yet_is_told_by_the_outbox(shop: Shop) -> None:
    await shop.order(1)
    await shop.order(2, due_at=datetime.now(UTC) + timedelta(hours=1))
    steps = await timeline(shop)
    assert [step.what for step in steps] == ["published", "published", "waiting", "waiting"]
    assert all(step.service == "shop" for step in steps)
    states = [(step.state, step.group_id) for step in steps if isinstance(step, Waiting)]
    assert states == [("due", None), ("later", None)]


async def test_services_are_put_together_in_the_order_of_time(database_url: str, shop: Shop) -> None:
    shipments = consumer(settle, group="shipments", of=Shipped)
    async with depot(database_url, shop) as other:
        async with shop.running(consumer(settle_and_ship)), other.running(shipments):
            await shop.order(1)
            await other.until_settled(1, "shipments")
        steps = await read_timeline({"depot": other.database, "shop": shop.database}, TRACE)
    assert [(step.what, step.service, step.topic) for step in steps] == [
        ("published", "shop", "shop.ordered"),
        ("settled", "shop", "shop.ordered"),
        ("published", "shop", "shop.shipped"),
        ("settled", "depot", "shop.shipped"),
    ]


@asynccontextmanager
async def depot(database_url: str, shop: Shop) -> AsyncIterator[Shop]:
    """Another service, with tables of its own, on the same bus."""
    async with Database.connect(database_url, schema="depot") as database:
        await MIGRATIONS.apply(database)
        async with database.connection() as connection:
            await connection.execute("create table effects (event_id uuid, group_id text, number bigint)")
        yield Shop(database, shop.bus)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time", "9999-12-31T23:59:59-23:59"),
        ("time", "0001-01-01T00:00:00+23:59"),
        ("source", "a\x00b"),
    ],
)
@pytest.mark.parametrize("number", [1, "many"])
async def test_what_a_stranger_puts_into_an_envelope_does_not_keep_the_event_from_being_settled(
    shop: Shop, field: str, value: str, number: object
) -> None:
    async with shop.running(consumer(settle, retry=QUICKLY)):
        await publish_raw(shop, cloud_event(data={"number": number}, **{field: value}))
        await shop.until_settled(1)
    readable = number == 1 and not value.startswith("9999")  # nobody believes what has not happened yet
    assert await shop.effects() == ([1] if readable else [])
    assert "published" in {step.what for step in await timeline(shop)}


async def test_a_permanent_failure_is_told_by_its_class(shop: Shop) -> None:
    async def refuse(_event: Any, _context: EventContext) -> None:
        raise PermanentError("nobody lives there")

    async with shop.running(consumer(refuse)):
        await shop.order(1)
        await shop.until_settled(1)
    [failed] = [step for step in await timeline(shop) if isinstance(step, AttemptFailed)]
    assert (failed.failure, failed.error) == ("permanent", "PermanentError: nobody lives there")


async def test_tables_of_an_older_version_are_named(database_url: str) -> None:
    async with Database.connect(database_url, schema="older") as database:
        with pytest.raises(MigrationError, match="older"):
            await read_timeline({"older": database}, TRACE)


def cloud_event(*, data: dict[str, object], **changes: str) -> dict[str, object]:
    """What another client could send."""
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "type": Ordered.topic,
        "source": "elsewhere",
        "time": "2026-01-01T00:00:00Z",
        "dataschema": f"urn:brickline:schema:{Ordered.topic}:1",
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        "tenant": "acme",
        "data": data,
        **changes,
    }


async def publish_raw(shop: Shop, event: dict[str, object]) -> None:
    async with asyncio.timeout(10):
        await shop.bus.publish(Message(json.dumps(event).encode(), Ordered.topic, None))

"""What was written before a deploy is handled after it, once: of a queue, an outbox, a batch, in order."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from brickline.events import (
    BatchConsumer,
    BatchContext,
    Consumer,
    Deferred,
    EventContext,
    TransientError,
    hasten,
    holdings,
)
from brickline.rabbit_bus import queued
from brickline.schemas import BaseEvent, Payload, peek
from support.releases import (
    TOPIC,
    FirstOrdered,
    FirstStep,
    SecondStep,
    ThirdOrdered,
    check,
    first,
    publish,
    second,
    settle_third,
    third,
)
from support.shop import Shop, consumer
from support.steps import make_table, steps_as_committed, write_step
from support.waiting import eventually

SOON_S = 1.0
LATER_S = 3600.0


def upgraded() -> Consumer[Any]:
    return consumer(settle_third, of=ThirdOrdered)


def of_first(handler: Any) -> Consumer[Any]:
    return consumer(handler, of=FirstOrdered)


async def never(_event: Any, _context: EventContext) -> None:
    raise AssertionError("there was nothing to handle yet")


async def subscribe(shop: Shop, *consumers: Any) -> None:
    """Have queues for the groups, if the bus has queues."""
    async with shop.running(*consumers):
        pass


async def send_to_queue(shop: Shop, payloads: Sequence[Payload], url: str | None, prefix: str) -> None:
    """Leave the events in the broker's queue; the bus without a broker has none but the outbox."""
    if url is None:
        shop.runtime = None
        await publish(shop, payloads)
        return
    before = (await queued(url, ["orders"], prefix=prefix))["orders"]
    async with shop.running():
        await publish(shop, payloads)
        await eventually(lambda: is_sent(shop))
    assert await queued(url, ["orders"], prefix=prefix) == {"orders": before + len(payloads)}


async def is_sent(shop: Shop) -> bool:
    return await shop.waiting() == []


async def pass_time(shop: Shop) -> None:
    """Let what is put off for later fall due soon."""
    await shop.rows("update outbox set due_at = now() + interval '0.5 seconds' where due_at > now()")


async def versions_waiting(shop: Shop) -> list[tuple[int, int]]:
    """Version and attempt of what is in the outbox."""
    return sorted((peek(row["body"]).dataschema, row["attempt"]) for row in await shop.waiting())


async def assert_each_once(shop: Shop, count: int) -> None:
    """Every order had its effect once, and nothing of it is left anywhere."""
    assert await shop.effects() == list(range(count))
    assert await shop.dead_letters() == await shop.waiting() == []
    for version in (1, 2, 3):
        assert (await holdings(shop.database, TOPIC, version)).nothing


async def test_events_in_a_queue_are_read_by_the_next_releases(
    shop: Shop, broker_url: str | None, topology_prefix: str
) -> None:
    await subscribe(shop, of_first(never))
    await send_to_queue(shop, [first(n) for n in range(20)], broker_url, topology_prefix)
    await send_to_queue(shop, [second(n) for n in range(20, 40)], broker_url, topology_prefix)
    async with shop.running(upgraded()):
        await publish(shop, [third(n) for n in range(40, 60)])
        await shop.until_settled(60)
    await assert_each_once(shop, 60)


async def test_events_in_the_outbox_are_sent_by_the_next_release_as_they_were_written(shop: Shop) -> None:
    await subscribe(shop, of_first(never))
    shop.runtime = None
    await publish(shop, [first(n) for n in range(10)])
    soon = datetime.now(UTC) + timedelta(seconds=SOON_S)
    await publish(shop, [first(n) for n in range(10, 20)], due_at=soon)
    async with shop.running(upgraded()):
        await publish(shop, [third(n) for n in range(20, 30)])
        await shop.until_settled(30)
    await assert_each_once(shop, 30)
    late = await shop.rows(
        "select number from effects join inbox using (event_id) where settled_at >= $1 order by number", soon
    )
    assert {row["number"] for row in late} >= set(range(10, 20))


async def test_retries_and_deferrals_of_the_release_before_are_carried_on(shop: Shop) -> None:
    """Even orders failed before the deploy, one attempt of theirs is used up; odd ones wait for something."""
    later = datetime.now(UTC) + timedelta(seconds=LATER_S)

    async def put_off(event: FirstOrdered, _context: EventContext) -> None:
        if event.number % 2:
            raise Deferred("no paint", until=later, waiting_for="paint")
        raise TransientError("not now", retry_after_s=LATER_S)

    async def all_put_off() -> bool:
        rows = [row for row in await shop.waiting() if row["topic"] == TOPIC]
        return len(rows) == 20 and all(row["group_id"] == "orders" and not row["claimed_by"] for row in rows)

    seen: dict[int, int] = {}

    async def noting(event: ThirdOrdered, context: EventContext) -> None:
        seen[event.number] = context.attempt
        await settle_third(event, context)

    async with shop.running(of_first(put_off)):
        await publish(shop, [first(n) for n in range(20)])
        await eventually(all_put_off)
    await shop.rows("delete from outbox where topic <> $1", TOPIC)  # announcements, that nobody here hears
    assert await versions_waiting(shop) == [(1, 1)] * 10 + [(1, 2)] * 10
    assert (await holdings(shop.database, TOPIC, 1)).outbox == 20
    await pass_time(shop)
    async with shop.running(consumer(noting, of=ThirdOrdered)):
        await shop.until_settled(20)
    assert seen == {n: 1 if n % 2 else 2 for n in range(20)}
    await assert_each_once(shop, 20)


async def test_what_the_release_before_deferred_for_long_can_be_hastened_by_the_next(
    memory_shop: Shop,
) -> None:
    async def wait(_event: FirstOrdered, _context: EventContext) -> None:
        raise Deferred("no paint", until=datetime.now(UTC) + timedelta(days=30), waiting_for="paint")

    async def deferred() -> bool:
        return len(await memory_shop.rows("select from outbox where deferred_for = 'paint'")) == 5

    async with memory_shop.running(of_first(wait)):
        await publish(memory_shop, [first(n) for n in range(5)])
        await eventually(deferred)
    await memory_shop.rows("delete from outbox where topic <> $1", TOPIC)
    async with memory_shop.running(upgraded()):
        async with memory_shop.database.connection() as connection:
            assert await hasten(connection, waiting_for="paint", spread_s=0.1) == 5
        await memory_shop.until_settled(5)
    await assert_each_once(memory_shop, 5)


async def test_a_retry_of_an_old_event_stays_as_it_was_written(memory_shop: Shop) -> None:
    """What is put back is the event's own bytes: a release that is rolled back reads them too."""

    async def not_now(_event: Any, _context: EventContext) -> None:
        raise TransientError("not now", retry_after_s=LATER_S)

    shop = memory_shop
    async with shop.running(consumer(not_now, of=ThirdOrdered)):
        [event_id] = await publish(shop, [first(7)])
        [before] = [row["body"] for row in await shop.waiting()]

        async def put_back() -> bool:
            return [(row["event_id"], row["attempt"]) for row in await shop.waiting()] == [(event_id, 2)]

        await eventually(put_back)
    assert [row["body"] for row in await shop.waiting()] == [before]


class Batches(BatchConsumer[ThirdOrdered]):
    """Settles batches, and notes what they were made of."""

    group_id = "orders"
    batch_size = 30
    concurrency = 1

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def process_batch(self, events: Sequence[BaseEvent[ThirdOrdered]], context: BatchContext) -> None:
        self.batches.append([event.payload.number for event in events])
        for event in events:
            check(event.payload)
        async with context.transaction() as tx:
            rows = [(event.event_id, "orders", event.payload.number) for event in events]
            await tx.connection.executemany("insert into effects values ($1, $2, $3)", rows)


async def test_one_batch_can_hold_events_of_every_version(
    shop: Shop, broker_url: str | None, topology_prefix: str
) -> None:
    await subscribe(shop, of_first(never))
    releases = (first, second, third)
    mixed = [releases[n % 3](n) for n in range(60)]
    await send_to_queue(shop, mixed, broker_url, topology_prefix)
    batches = Batches()
    async with shop.running(batches):
        await shop.until_settled(60)
    assert any({n % 3 for n in batch} == {0, 1, 2} for batch in batches.batches)
    await assert_each_once(shop, 60)


async def test_a_batch_with_one_old_event_that_cannot_be_read_settles_the_others(memory_shop: Shop) -> None:
    broken = FirstOrdered(number=3, customer="Ada Quill3", price="free")
    batches = Batches()
    await publish(memory_shop, [first(0), second(1), third(2), broken])
    async with memory_shop.running(batches):
        await memory_shop.until_settled(4)
    assert await memory_shop.effects() == [0, 1, 2]
    [letter] = await memory_shop.dead_letters()
    assert letter["reason"] == "contract"
    assert "version 2 cannot be upcast to 3" in letter["error"]


async def test_the_order_of_a_subject_outlasts_the_deploy(shop: Shop) -> None:
    """The first step of one order is put back before the deploy; what came after waits for it, also of v2."""
    await make_table(shop)
    orders, stuck = ("a", "b"), asyncio.Event()

    async def stumble(event: Any, context: EventContext) -> None:
        if event.order == "a":
            stuck.set()
            raise TransientError("not now", retry_after_s=LATER_S)
        await write_step(event, context)

    old: list[Payload] = [FirstStep(order=order, number=n) for n in range(5) for order in orders]
    new: list[Payload] = [SecondStep(reference=order, place=n) for n in range(5, 10) for order in orders]
    async with shop.running(consumer(stumble, of=FirstStep)):
        await publish(shop, old)
        await stuck.wait()
    assert (await steps_as_committed(shop)).get("a", []) == []
    await pass_time(shop)
    async with shop.running(consumer(write_step, of=SecondStep)):
        await publish(shop, new)
        await shop.until_settled(20)
    assert await steps_as_committed(shop) == {order: list(range(10)) for order in orders}
    assert await shop.dead_letters() == []

"""Events handled together, in one transaction, with the promises of one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import (
    BatchConsumer,
    BatchContext,
    ConsumerGroup,
    Deferred,
    EventContext,
    EventsError,
    FailureClass,
    Origin,
    PermanentError,
    RetryPolicy,
)
from brickline.schemas import BaseEvent, EventDeferred
from support.shop import MOURNERS, ORIGIN, QUICKLY, Ordered, Shipped, Shop, consumer, message_of, settle
from support.waiting import eventually

Events = Sequence[BaseEvent[Ordered]]


class Batches(BatchConsumer[Ordered]):
    """Leaves a mark for each event and ships each order; fails where a test wants it to."""

    group_id = "orders"
    publishes = (Shipped,)
    retry: RetryPolicy = QUICKLY
    batch_size = 20

    def __init__(self, bad: set[int] | None = None, error: Exception | None = None) -> None:
        self.sizes: list[int] = []
        self.bad = bad or set()
        self.error = error or PermanentError("bad order")

    async def process_batch(self, events: Events, context: BatchContext) -> None:
        self.sizes.append(len(events))
        async with context.transaction() as tx:
            await tx.connection.executemany(
                "insert into effects values ($1, $2, $3)",
                [(event.event_id, context.group_id, event.payload.number) for event in events],
            )
            for event in events:
                if event.payload.number in self.bad:
                    raise self.error
                await tx.publish(Shipped(number=event.payload.number), cause=event)


async def shipped(shop: Shop) -> list[dict[str, Any]]:
    return [row for row in await shop.waiting() if row["topic"] == Shipped.topic]


async def settled(shop: Shop, count: int) -> bool:
    return await shop.settled() >= count


async def test_events_that_wait_are_handled_together_and_each_has_effect_once(shop: Shop) -> None:
    batches = Batches()
    await shop.order(*range(100))
    async with shop.running(batches, consumer(settle, group="shipments", of=Shipped)):
        await shop.until_settled(100, "shipments")
    assert await shop.effects() == await shop.effects("shipments") == list(range(100))
    assert max(batches.sizes) > 1
    assert max(batches.sizes) <= Batches.batch_size


async def test_a_single_event_waits_for_no_batch_to_fill(shop: Shop) -> None:
    batches = Batches()
    async with shop.running(batches):
        await shop.order(1)
        await eventually(lambda: settled(shop, 1))
    assert batches.sizes == [1]


async def test_of_a_failing_batch_only_the_bad_event_fails(shop: Shop) -> None:
    await shop.order(*range(30))
    async with shop.running(Batches(bad={7, 23})):
        await eventually(lambda: settled(shop, 30))
    assert await shop.effects() == [number for number in range(30) if number not in {7, 23}]
    letters = await shop.dead_letters()
    assert sorted(letter["reason"] for letter in letters) == ["permanent", "permanent"]


async def test_a_bad_event_of_a_batch_is_retried_by_itself(shop: Shop) -> None:
    await shop.order(*range(10))
    batches = Batches(bad={3}, error=RuntimeError("not now"))
    async with shop.running(batches):
        await eventually(lambda: settled(shop, 10))
    (letter,) = await shop.dead_letters()
    assert (letter["reason"], letter["attempts"]) == ("exhausted", QUICKLY.max_attempts)
    assert len(await shop.effects()) == 9


async def test_an_event_of_a_batch_that_waits_is_announced_and_the_others_are_settled(shop: Shop) -> None:
    heard: list[EventDeferred] = []

    async def listen(event: EventDeferred, _context: EventContext) -> None:
        heard.append(event)

    until = datetime.now(UTC) + timedelta(hours=1)
    batches = Batches(bad={3}, error=Deferred("spent", until=until, waiting_for="budget"))
    ids = await shop.order(*range(10))
    async with shop.running(batches, consumer(listen, group=MOURNERS, of=EventDeferred)):
        await eventually(lambda: settled(shop, 9))
        await eventually(lambda: heard)
    (told,) = heard
    assert (told.event_id, told.waiting_for, told.until) == (ids[3], "budget", until)
    assert len(await shop.effects()) == 9


async def test_events_settled_before_are_left_out_of_a_batch(memory_shop: Shop) -> None:
    async with memory_shop.running(Batches()):
        ids = await memory_shop.order(1, 2)
        await eventually(lambda: settled(memory_shop, 2))
    batches = Batches()
    async with memory_shop.running(batches):
        for event_id in [*ids, *ids]:
            await memory_shop.bus.publish(message_of(Ordered(number=99), event_id=event_id))
        await memory_shop.order(3)
        await eventually(lambda: settled(memory_shop, 3))
    assert await memory_shop.effects() == [1, 2, 3]
    assert sum(batches.sizes) == 1


async def test_an_event_that_comes_twice_in_one_batch_has_effect_once(shop: Shop) -> None:
    event_id = uuid4()
    message = message_of(Ordered(number=5), event_id=event_id)
    await shop.rows(
        "insert into outbox (event_id, topic, tenant, trace_id, attempt, body) "
        "select $1, $2, 'acme', $3, 1, $4 from generate_series(1, 5)",
        event_id,
        message.topic,
        ORIGIN.trace_id,
        message.body,
    )
    async with shop.running(Batches()):
        await eventually(lambda: all_sent(shop))
        await eventually(lambda: settled(shop, 1))
    assert await shop.effects() == [5]


async def all_sent(shop: Shop) -> bool:
    return not [row for row in await shop.waiting() if row["topic"] == Ordered.topic]


async def test_bytes_that_are_no_event_do_not_hold_up_their_batch(shop: Shop) -> None:
    await shop.order(*range(5))
    await shop.rows("update outbox set body = '\\x00ff' where id = (select min(id) from outbox)")
    await shop.order(*range(5, 10))
    async with shop.running(Batches()):
        await eventually(lambda: settled(shop, 10))
    assert len(await shop.effects()) == 9
    assert [letter["reason"] for letter in await shop.dead_letters()] == ["contract"]


async def test_what_a_batch_publishes_belongs_to_the_event_that_caused_it(shop: Shop) -> None:
    origins = [Origin(tenant, trace, job_id=uuid4()) for tenant, trace in (("a", "a" * 32), ("b", "b" * 32))]
    causes = [(await shop.order(number, origin=origin))[0] for number, origin in enumerate(origins)]
    async with shop.running(Batches()):
        await eventually(lambda: settled(shop, 2))
        rows = {row["tenant"]: row for row in await shop.waiting() if row["topic"] == Shipped.topic}
    assert {tenant: row["trace_id"] for tenant, row in rows.items()} == {"a": "a" * 32, "b": "b" * 32}
    for origin, cause in zip(origins, causes, strict=True):
        body = rows[origin.tenant]["body"]
        assert str(cause).encode() in body
        assert str(origin.job_id).encode() in body


async def test_a_publication_of_a_batch_must_say_what_caused_it(memory_shop: Shop) -> None:
    class Silent(Batches):
        async def process_batch(self, events: Events, context: BatchContext) -> None:
            async with context.transaction() as tx:
                await tx.publish(Shipped(number=1))

    await memory_shop.order(1)
    async with memory_shop.running(Silent()):
        await eventually(lambda: settled(memory_shop, 1))
    (letter,) = await memory_shop.dead_letters()
    assert "cause=event" in letter["error"]


async def test_while_a_dependency_is_down_a_batch_is_held_and_no_attempt_is_counted(shop: Shop) -> None:
    class Away(Exception):
        pass

    class Held(Batches):
        failures = {Away: FailureClass.DEPENDENCY_DOWN}  # noqa: RUF012  # a class variable by declaration

    batches = Held(bad={2}, error=Away("the model is away"))
    await shop.order(*range(4))
    async with shop.running(batches):
        await eventually(lambda: is_held(shop))
        batches.bad.clear()
        await eventually(lambda: settled(shop, 4))
    assert await shop.effects() == [0, 1, 2, 3]
    assert await shop.dead_letters() == []


async def is_held(shop: Shop) -> bool:
    return "the model is away" in (await shop.health.readiness()).checks["group.orders"]


async def test_a_drain_finishes_the_batch_in_hand_and_loses_nothing(shop: Shop) -> None:
    await shop.order(*range(200))
    for _ in range(3):
        async with shop.running(Batches(), lease_s=1.0):
            before = await shop.settled()
            await eventually(lambda before=before: settled(shop, min(200, before + 30)))
    async with shop.running(Batches(), lease_s=1.0):
        await eventually(lambda: settled(shop, 200), 20)
    assert await shop.effects() == list(range(200))


async def test_a_group_that_is_neither_kind_of_consumer_is_refused(memory_shop: Shop) -> None:
    class Neither(ConsumerGroup[Ordered]):
        group_id = "neither"

    with pytest.raises(EventsError, match="Neither is neither a Consumer nor a BatchConsumer"):
        async with memory_shop.running(Neither()):
            pass

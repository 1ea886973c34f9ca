"""An event is settled once: its effects, its follow-ons and its inbox row commit together or not at all."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from brickline.events import EventContext, EventsError, Origin, Transaction, TransactionMisuse
from brickline.schemas import BaseEvent, Payload
from support.shop import (
    ORIGIN,
    Ordered,
    Shipped,
    Shop,
    consumer,
    message_of,
    settle,
    settle_and_ship,
    write_effect,
)
from support.waiting import eventually


async def test_an_effect_and_what_is_published_commit_together(shop: Shop) -> None:
    shipments = consumer(settle, group="shipments", of=Shipped)
    async with shop.running(consumer(settle_and_ship), shipments):
        await shop.order(1, 2, 3)
        await shop.until_settled(3, "shipments")
        assert await shop.effects() == await shop.effects("shipments") == [1, 2, 3]


async def test_a_handler_that_raises_after_publishing_leaves_neither_effect_nor_publication(
    shop: Shop,
) -> None:
    async def fail_once(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            await write_effect(tx, event, context)
            await tx.publish(Shipped(number=event.number))
            if context.attempt == 1:
                raise RuntimeError("after publishing")

    shipments = consumer(settle, group="shipments", of=Shipped)
    async with shop.running(consumer(fail_once), shipments):
        await shop.order(1)
        await shop.until_settled(1, "shipments")
        assert await shop.effects() == await shop.effects("shipments") == [1]
        assert await shop.settled("shipments") == 1


async def test_a_handler_that_raises_after_its_commit_is_settled_and_not_run_again(shop: Shop) -> None:
    calls: list[int] = []

    async def fail_late(event: Any, context: EventContext) -> None:
        calls.append(context.attempt)
        await settle_and_ship(event, context)
        raise RuntimeError("after the commit")

    shipments = consumer(settle, group="shipments", of=Shipped)
    async with shop.running(consumer(fail_late), shipments):
        await shop.order(1)
        await shop.until_settled(1, "shipments")
        assert (calls, await shop.effects(), await shop.dead_letters()) == ([1], [1], [])


async def test_a_handler_without_a_transaction_is_settled_on_return(shop: Shop) -> None:
    async def nothing(_event: Any, _context: EventContext) -> None: ...

    async with shop.running(consumer(nothing)):
        await shop.order(1, 2)
        await shop.until_settled(2)


async def test_a_duplicate_of_a_settled_event_is_skipped_without_calling_the_handler(shop: Shop) -> None:
    calls: list[int] = []

    async def count(event: Any, context: EventContext) -> None:
        calls.append(event.number)
        await settle(event, context)

    again = message_of(Ordered(number=7))
    async with shop.running(consumer(count)):
        await shop.bus.publish(again)
        await shop.until_settled(1)
        for _ in range(3):
            await shop.bus.publish(again)
        await shop.bus.publish(message_of(Ordered(number=8)))
        await shop.until_settled(2)
    assert (sorted(calls), await shop.effects()) == ([7, 8], [7, 8])


async def test_of_two_duplicates_handled_at_the_same_time_one_has_effect(shop: Shop) -> None:
    inside = 0

    async def together(event: Any, context: EventContext) -> None:
        nonlocal inside
        inside += 1
        await eventually(lambda: inside == 2)
        await settle_and_ship(event, context)

    twice = message_of(Ordered(number=7))
    shipments = consumer(settle, group="shipments", of=Shipped)
    async with shop.running(consumer(together), shipments):
        await asyncio.gather(shop.bus.publish(twice), shop.bus.publish(twice))
        await shop.until_settled(1, "shipments")
    assert (inside, await shop.effects(), await shop.effects("shipments")) == (2, [7], [7])


async def test_a_duplicate_goes_on_when_the_one_it_waited_for_rolls_back(shop: Shop) -> None:
    entered: list[int] = []

    async def first_fails(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            entered.append(context.attempt)
            if len(entered) == 1:
                await eventually(lambda: waits_for_a_lock(shop))
                raise RuntimeError("let the other have it")
            await write_effect(tx, event, context)

    twice = message_of(Ordered(number=7))
    async with shop.running(consumer(first_fails)):
        await asyncio.gather(shop.bus.publish(twice), shop.bus.publish(twice))
        await shop.until_settled(1)
    assert await shop.effects() == [7]


async def waits_for_a_lock(shop: Shop) -> bool:
    sql = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    return bool(await shop.rows(sql))


async def test_a_handler_that_swallows_the_news_of_a_duplicate_does_no_harm(shop: Shop) -> None:
    inside = 0

    async def swallow(event: Any, context: EventContext) -> None:
        nonlocal inside
        inside += 1
        await eventually(lambda: inside == 2)
        with suppress(Exception):
            await settle(event, context)

    twice = message_of(Ordered(number=7))
    async with shop.running(consumer(swallow)):
        await asyncio.gather(shop.bus.publish(twice), shop.bus.publish(twice))
        await shop.until_settled(1)
    assert (await shop.effects(), await shop.dead_letters()) == ([7], [])


async def test_a_swallowed_failure_of_a_statement_is_no_settlement(shop: Shop) -> None:
    """Postgres answers such a commit with a rollback and no error: the event would be lost unseen."""

    async def swallow(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            await write_effect(tx, event, context)
            if context.attempt == 1:
                with suppress(asyncpg.PostgresError):
                    await tx.connection.execute("insert into nowhere values (1)")

    async with shop.running(consumer(swallow)):
        await shop.order(1)
        await shop.until_settled(1)
    assert await shop.effects() == [1]


async def test_two_groups_of_a_topic_each_settle_an_event_once(shop: Shop) -> None:
    async with shop.running(consumer(settle), consumer(settle, group="others")):
        await shop.order(1, 2)
        await shop.until_settled(2)
        await shop.until_settled(2, "others")
    assert await shop.effects() == await shop.effects("others") == [1, 2]


async def test_a_retry_of_one_group_does_not_reach_another(shop: Shop) -> None:
    calls: list[str] = []

    async def fail_once(event: Any, context: EventContext) -> None:
        calls.append(context.group_id)
        if context.group_id == "orders" and context.attempt == 1:
            raise RuntimeError
        await settle(event, context)

    async with shop.running(consumer(fail_once), consumer(fail_once, group="others")):
        await shop.order(1)
        await shop.until_settled(1)
        await shop.until_settled(1, "others")
    assert sorted(calls) == ["orders", "orders", "others"]


@pytest.mark.parametrize("how", ["after the first", "inside the first", "beside the first"])
async def test_a_second_transaction_for_one_event_is_refused(shop: Shop, how: str) -> None:
    refused: list[TransactionMisuse] = []

    async def second(event: Any, context: EventContext) -> None:
        with pytest.raises(TransactionMisuse, match="put both in one") as caught:
            await settle(event, context)
        refused.append(caught.value)

    async def twice(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            await write_effect(tx, event, context)
            if how == "inside the first":
                await second(event, context)
            if how == "beside the first":
                await asyncio.create_task(second(event, context))
        if how == "after the first":
            await second(event, context)

    async with shop.running(consumer(twice)):
        await shop.order(1)
        await shop.until_settled(1)
    assert (len(refused), await shop.effects()) == (1, [1])


async def test_a_handler_that_ignores_that_refusal_becomes_a_dead_letter(shop: Shop) -> None:
    async def nested(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            await write_effect(tx, event, context)
            await settle(event, context)

    async with shop.running(consumer(nested)):
        await shop.order(1)
        await eventually(shop.dead_letters)
    assert [letter["reason"] for letter in await shop.dead_letters()] == ["permanent"]
    assert await shop.effects() == []


async def test_a_transaction_may_be_tried_again_after_a_rollback(shop: Shop) -> None:
    async def stubborn(event: Any, context: EventContext) -> None:
        with suppress(ZeroDivisionError):
            async with context.transaction() as tx:
                await tx.publish(Shipped(number=event.number))
                raise ZeroDivisionError
        await settle(event, context)

    async with shop.running(consumer(stubborn)):
        await shop.order(1)
        await shop.until_settled(1)
    assert (await shop.effects(), await shop.dead_letters()) == ([1], [])


async def test_publishing_what_is_not_declared_is_refused_and_nothing_is_kept(shop: Shop) -> None:
    async with shop.running(consumer(settle_and_ship, publishes=())):
        await shop.order(1)
        (letter,) = await eventually(shop.dead_letters)
    assert letter["reason"] == "permanent"
    assert "Shipped is not in the `publishes` of the consumer" in letter["error"]
    assert await shop.effects() == []


async def test_publishing_after_the_end_of_a_transaction_is_refused(memory_shop: Shop) -> None:
    kept: list[Transaction] = []
    async with memory_shop.running() as runtime:
        async with runtime.transaction(ORIGIN) as tx:
            kept.append(tx)
        with pytest.raises(TransactionMisuse, match="publish inside the block"):
            await kept[0].publish(Ordered(number=1))


async def test_a_transaction_that_fails_publishes_nothing(memory_shop: Shop) -> None:
    async def fail() -> None:
        async with runtime.transaction(ORIGIN) as tx:
            await tx.publish(Ordered(number=1))
            raise ZeroDivisionError

    async with memory_shop.running() as runtime:
        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await memory_shop.waiting() == []


async def test_a_time_without_a_zone_is_refused_at_the_publisher(memory_shop: Shop) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        await memory_shop.order(1, due_at=datetime(2030, 1, 1))


async def test_what_is_due_later_is_delivered_then_and_not_before(shop: Shop) -> None:
    handled: list[datetime] = []

    async def note(event: Any, context: EventContext) -> None:
        handled.append(datetime.now(UTC))
        await settle(event, context)

    due_at = datetime.now(UTC) + timedelta(seconds=0.7)
    async with shop.running(consumer(note)):
        await shop.order(1, due_at=due_at)
        await shop.order(2)
        await shop.until_settled(2)
    assert handled[0] < due_at <= handled[1] < due_at + timedelta(seconds=1)


async def test_a_follow_on_event_belongs_to_the_same_trace_tenant_and_job_and_names_its_cause(
    shop: Shop,
) -> None:
    seen: list[BaseEvent[Payload]] = []

    async def note(event: Any, context: EventContext) -> None:
        seen.append(context.event)
        if isinstance(event, Ordered):
            await settle_and_ship(event, context)

    origin = Origin("globex", "ab" * 16, job_id=uuid4(), causation_id=uuid4())
    async with shop.running(consumer(note), consumer(note, group="shipments", of=Shipped)):
        (event_id,) = await shop.order(1, origin=origin)
        await shop.until_settled(1, "shipments")
    first, second = seen
    assert (first.event_id, first.causation_id) == (event_id, origin.causation_id)
    assert second.causation_id == first.event_id != second.event_id
    for event in seen:
        assert (event.tenant, event.trace_id, event.job_id) == ("globex", "ab" * 16, origin.job_id)
        assert event.source == "shop"


async def test_two_consumers_of_one_group_are_refused(memory_shop: Shop) -> None:
    with pytest.raises(EventsError, match="several consumers have the group_id orders"):
        async with memory_shop.running(consumer(settle), consumer(settle, of=Shipped)):
            pass

"""Where a payload asks for it, events of one subject are handled in the order of their publishing."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from brickline.events import (
    BatchConsumer,
    BatchContext,
    DeadLetterDesk,
    Deferred,
    EventContext,
    EventRuntime,
    LetterFilter,
    ReplayOrder,
    RetryPolicy,
    TransientError,
)
from brickline.events.claims import Claims
from brickline.schemas import BaseEvent
from brickline.telemetry import Health
from support.shop import ORIGIN, Shop, consumer, write_effect
from support.steps import Step, make_table, steps_as_committed, write_step
from support.waiting import eventually

SOON = RetryPolicy(max_attempts=20, base_s=0.05, cap_s=0.1)


async def publish(shop: Shop, orders: Sequence[str], steps: int, *, first: int = 0) -> None:
    assert shop.runtime is not None
    for number in range(first, first + steps):
        async with shop.runtime.transaction(ORIGIN) as tx:
            for order in orders:
                await tx.publish(Step(order=order, number=number))


def flaky(seed: int, share: float = 0.2) -> Any:
    """A handler that takes a different time for each event, and fails some of them once or more."""
    dice = random.Random(seed)

    async def handle(event: Step, context: EventContext) -> None:
        await asyncio.sleep(dice.uniform(0, 0.005))
        if dice.random() < share:
            raise TransientError("again, please")
        await write_step(event, context)

    return handle


async def test_steps_of_one_order_are_handled_in_order_though_some_fail_and_are_tried_again(
    shop: Shop,
) -> None:
    await make_table(shop)
    steps = consumer(flaky(1), of=Step, retry=SOON)
    async with shop.running(steps):
        await publish(shop, ["red", "blue", "green"], 12)
        await shop.until_settled(36, timeout_s=60)
    assert await steps_as_committed(shop) == {key: list(range(12)) for key in ["red", "blue", "green"]}


async def test_an_order_that_waits_does_not_keep_another_waiting(shop: Shop) -> None:
    await make_table(shop)
    ends = asyncio.Event()

    async def handle(event: Step, context: EventContext) -> None:
        if event.order == "stuck" and event.number == 0:
            await ends.wait()
        await write_step(event, context)

    async with shop.running(consumer(handle, of=Step, concurrency=2)):
        await publish(shop, ["stuck", "free"], 3)  # one more is stuck than there are tasks

        async def free_is_done() -> bool:
            return (await steps_as_committed(shop)).get("free") == [0, 1, 2]

        await eventually(free_is_done)
        assert "stuck" not in await steps_as_committed(shop)
        ends.set()
        await shop.until_settled(6)
    assert (await steps_as_committed(shop))["stuck"] == [0, 1, 2]


async def test_a_step_that_is_given_up_lets_the_next_one_pass(shop: Shop) -> None:
    await make_table(shop)

    async def handle(event: Step, context: EventContext) -> None:
        if event.number == 1:
            raise TransientError("never")
        await write_step(event, context)

    async with shop.running(consumer(handle, of=Step)):
        await publish(shop, ["red"], 4)
        await shop.until_settled(4)
    assert await steps_as_committed(shop) == {"red": [0, 2, 3]}
    assert [letter["reason"] for letter in await shop.dead_letters()] == ["exhausted"]


@pytest.mark.parametrize("broker_url", ["rabbit"], indirect=True)
async def test_two_processes_of_one_group_keep_the_order(shop: Shop) -> None:
    await make_table(shop)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(shop.running(consumer(flaky(2), of=Step, retry=SOON)))
        other = EventRuntime("shop", shop.database, shop.bus)
        second = consumer(flaky(3), of=Step, retry=SOON)
        await stack.enter_async_context(other.running([second], Health("other")))
        await publish(shop, ["red", "blue"], 12)
        await shop.until_settled(24, timeout_s=60)
    assert await steps_as_committed(shop) == {key: list(range(12)) for key in ["red", "blue"]}


@pytest.mark.parametrize("broker_url", ["rabbit"], indirect=True)
async def test_a_process_that_stops_hands_over_in_order(shop: Shop) -> None:
    await make_table(shop)
    stays = EventRuntime("shop", shop.database, shop.bus)
    async with stays.running([consumer(flaky(8, 0), of=Step, retry=SOON)], Health("stays")):
        for number in range(3):
            leaving = consumer(flaky(number, 0), of=Step, retry=SOON, concurrency=2)
            async with shop.running(leaving):
                await publish(shop, ["red", "blue"], 12)
        await shop.until_settled(72, timeout_s=60)
    for numbers in (await steps_as_committed(shop)).values():
        assert numbers == list(range(12)) * 3


async def test_the_order_outlives_a_stop_in_the_middle(shop: Shop) -> None:
    await make_table(shop)
    async with shop.running(consumer(flaky(4, 0), of=Step, retry=SOON, concurrency=2)):
        await publish(shop, ["red", "blue"], 40)
        await asyncio.sleep(0.05)
    for _ in range(3):
        async with shop.running(consumer(flaky(5), of=Step, retry=SOON, concurrency=2)):
            await asyncio.sleep(0.05)
    async with shop.running(consumer(flaky(6), of=Step, retry=SOON)):
        await shop.until_settled(80, timeout_s=60)
    assert await steps_as_committed(shop) == {key: list(range(40)) for key in ["red", "blue"]}


async def test_a_batch_keeps_the_order_though_one_of_it_fails(shop: Shop) -> None:
    await make_table(shop)
    failed: list[int] = []

    class Batches(BatchConsumer[Step]):
        group_id = "orders"
        retry = SOON
        concurrency = 3

        async def process_batch(self, events: Sequence[BaseEvent[Step]], context: BatchContext) -> None:
            for event in events:
                if event.payload.number == 2 and len(failed) < 4:
                    failed.append(len(events))
                    raise TransientError("again, please")
            async with context.transaction() as tx:
                rows = [(event.payload.order, event.payload.number) for event in events]
                await tx.connection.executemany("insert into steps values ($1, $2)", rows)

    async with shop.running(Batches()):
        await publish(shop, ["red", "blue"], 6)
        await shop.until_settled(12, timeout_s=30)
    assert failed
    assert await steps_as_committed(shop) == {key: list(range(6)) for key in ["red", "blue"]}


async def test_events_of_other_topics_have_no_place(shop: Shop) -> None:
    async def handle(event: Any, context: EventContext) -> None:
        async with context.transaction() as tx:
            await write_effect(tx, event, context)

    await shop.order(1)
    (row,) = await shop.waiting()
    assert (row["ordering_key"], row["position"]) == (None, None)


@pytest.mark.parametrize("tenant", ["acme", "other"])
async def test_a_key_is_of_one_tenant_and_one_subject(memory_shop: Shop, tenant: str) -> None:
    runtime = EventRuntime("shop", memory_shop.database, memory_shop.bus)
    keys: list[UUID] = []
    for origin_tenant, order in (("acme", "red"), (tenant, "red"), ("acme", "blue")):
        origin = type(ORIGIN)(tenant=origin_tenant, trace_id=ORIGIN.trace_id)
        async with runtime.transaction(origin) as tx:
            await tx.publish(Step(order=order, number=1))
    keys = [row["ordering_key"] for row in await memory_shop.waiting()]
    assert len(set(keys)) == (2 if tenant == "acme" else 3)


async def test_rows_that_wait_for_an_earlier_one_do_not_keep_the_relay_busy(
    memory_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    claims, take = 0, Claims.take

    async def count(self: Claims, *arguments: Any, **named: Any) -> Any:
        nonlocal claims
        claims += 1
        return await take(self, *arguments, **named)

    async def defer(event: Step, context: EventContext) -> None:
        raise Deferred("a budget's next window", until=datetime.now(UTC) + timedelta(hours=8))

    async with memory_shop.running(consumer(defer, of=Step)):
        await publish(memory_shop, ["red"], 2)
        await asyncio.sleep(1)
        monkeypatch.setattr(Claims, "take", count)
        await asyncio.sleep(2)
        assert claims < 20


async def test_later_steps_do_not_wait_for_one_that_is_replayed(memory_shop: Shop) -> None:
    await make_table(memory_shop)
    replayed = False

    async def handle(event: Step, context: EventContext) -> None:
        if event.number == 0 and not replayed:
            raise TransientError("never")
        if event.number == 0:
            raise Deferred("a budget's next window", until=datetime.now(UTC) + timedelta(hours=8))
        await write_step(event, context)

    async with memory_shop.running(consumer(handle, of=Step)):
        await publish(memory_shop, ["red"], 1)
        await eventually(memory_shop.dead_letters)
        replayed = True
        desk = DeadLetterDesk({"shop": memory_shop.database})
        await desk.replay(LetterFilter(), ReplayOrder(by="tests", canary=False))
        await publish(memory_shop, ["red"], 2, first=1)

        async def later_ones_are_done() -> bool:
            return (await steps_as_committed(memory_shop)).get("red") == [1, 2]

        await eventually(later_ones_are_done)

"""Where a payload asks for it, events of one subject are handled in the order of their publishing."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any, ClassVar
from uuid import UUID

import pytest

from brickline.events import (
    BatchConsumer,
    BatchContext,
    EventContext,
    EventRuntime,
    RetryPolicy,
    TransientError,
)
from brickline.schemas import BaseEvent, Payload
from brickline.telemetry import Health
from support.buses import STEPS
from support.shop import ORIGIN, Shop, consumer, write_effect
from support.waiting import eventually

SOON = RetryPolicy(max_attempts=20, base_s=0.05, cap_s=0.1)


class Step(Payload):
    """One of several steps of one order."""

    topic: ClassVar[str] = STEPS
    ordered: ClassVar[bool] = True
    order: str
    number: int

    @property
    def subject(self) -> str:
        return self.order


async def publish(shop: Shop, orders: Sequence[str], steps: int) -> None:
    assert shop.runtime is not None
    for number in range(steps):
        async with shop.runtime.transaction(ORIGIN) as tx:
            for order in orders:
                await tx.publish(Step(order=order, number=number))


async def in_order_of_commit(shop: Shop) -> dict[str, list[int]]:
    """The numbers by order, as they were committed."""
    rows = await shop.rows("select subject, number from steps order by at, number")
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["subject"], []).append(row["number"])
    return found


async def make_table(shop: Shop) -> None:
    async with shop.database.connection() as connection:
        await connection.execute("create table steps (subject text, number int, at bigserial)")


async def write_step(event: Step, context: EventContext) -> None:
    async with context.transaction() as tx:
        await tx.connection.execute("insert into steps values ($1, $2)", event.order, event.number)


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
    assert await in_order_of_commit(shop) == {key: list(range(12)) for key in ["red", "blue", "green"]}


async def test_an_order_that_waits_does_not_keep_another_waiting(shop: Shop) -> None:
    await make_table(shop)
    ends = asyncio.Event()

    async def handle(event: Step, context: EventContext) -> None:
        if event.order == "stuck" and event.number == 0:
            await ends.wait()
        await write_step(event, context)

    async with shop.running(consumer(handle, of=Step)):
        await publish(shop, ["stuck", "free"], 3)

        async def free_is_done() -> bool:
            return (await in_order_of_commit(shop)).get("free") == [0, 1, 2]

        await eventually(free_is_done)
        assert "stuck" not in await in_order_of_commit(shop)
        ends.set()
        await shop.until_settled(6)
    assert (await in_order_of_commit(shop))["stuck"] == [0, 1, 2]


async def test_a_step_that_is_given_up_lets_the_next_one_pass(shop: Shop) -> None:
    await make_table(shop)

    async def handle(event: Step, context: EventContext) -> None:
        if event.number == 1:
            raise TransientError("never")
        await write_step(event, context)

    async with shop.running(consumer(handle, of=Step)):
        await publish(shop, ["red"], 4)
        await shop.until_settled(4)
    assert await in_order_of_commit(shop) == {"red": [0, 2, 3]}
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
    assert await in_order_of_commit(shop) == {key: list(range(12)) for key in ["red", "blue"]}


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
    for numbers in (await in_order_of_commit(shop)).values():
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
    assert await in_order_of_commit(shop) == {key: list(range(40)) for key in ["red", "blue"]}


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
    assert await in_order_of_commit(shop) == {key: list(range(6)) for key in ["red", "blue"]}


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

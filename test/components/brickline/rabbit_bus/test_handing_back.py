"""What is handed back comes again, in its order where that matters, and is not worn out by it."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest

from brickline.events import (
    BatchConsumer,
    BatchContext,
    EventContext,
    RetryPolicy,
    Subscription,
    TransientError,
)
from brickline.rabbit_bus import RabbitBus
from brickline.rabbit_bus.subscriber import Subscriber
from brickline.schemas import BaseEvent
from brickline_dev.wire import Wire
from support.buses import depth
from support.shop import ORIGIN, Ordered, Shop, consumer, message_of, settle
from support.steps import Step, make_table, steps_as_committed, write_step
from support.waiting import eventually

SOON = RetryPolicy(max_attempts=20, base_s=0.05, cap_s=0.1)


async def test_a_stop_while_the_connection_is_made_again_wears_out_nothing(
    shop: Shop, wire: Wire, rabbitmq_url: str, topology_prefix: str
) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def handle(event: Any, context: EventContext) -> None:
        if event.number == 0:
            begun.set()
            await end.wait()
        await settle(event, context)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(shop.running(consumer(handle, concurrency=1), lease_s=1.0))
        await shop.order(*range(6))
        await begun.wait()
        wire.sever()
        leaving = asyncio.create_task(stack.pop_all().aclose())
        await asyncio.sleep(2)  # time to go wrong in: the broker answers again after a tenth of it
        end.set()
        await leaving
    assert await depth(rabbitmq_url, f"{topology_prefix}.orders.dead") == 0
    async with shop.running(consumer(settle), lease_s=1.0):
        await shop.until_settled(6)
    assert await shop.effects() == list(range(6))
    assert await shop.dead_letters() == []


async def test_a_pause_while_consuming_begins_wears_out_nothing(
    bus: RabbitBus, wire: Wire, rabbitmq_url: str, topology_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    consume, begun = Subscriber._consume_on, asyncio.Event()

    async def slowly(self: Subscriber, *arguments: Any) -> str | None:
        tag = await consume(self, *arguments)
        begun.set()
        await asyncio.sleep(0.02)  # the way back of the broker's answer
        return tag

    async with bus.consume(Subscription("orders", Ordered.topic, 8)) as deliveries:
        for number in range(6):
            await bus.publish(message_of(Ordered(number=number)))
        monkeypatch.setattr(Subscriber, "_consume_on", slowly)
        wire.sever()
        async with asyncio.timeout(10):
            await begun.wait()
        await deliveries.pause()
        await asyncio.sleep(1)  # time to go wrong in
    assert await depth(rabbitmq_url, f"{topology_prefix}.orders.dead") == 0
    assert await depth(rabbitmq_url, f"{topology_prefix}.orders") == 6


async def break_settlements(shop: Shop) -> None:
    """Do what a full disk or a failover to a read-only server does to the record of a failed attempt."""
    await make_table(shop)
    async with shop.database.connection() as connection:
        await connection.execute(
            "create function no() returns trigger language plpgsql as "
            "$$ begin raise 'disk full' using errcode = '53100'; end $$"
        )
        await connection.execute(
            "create trigger no before insert on attempts for each statement execute function no()"
        )


async def mend_settlements(shop: Shop) -> None:
    async with shop.database.connection() as connection:
        await connection.execute("drop trigger no on attempts")


async def test_an_ordered_batch_whose_settlement_fails_is_not_overtaken(shop: Shop) -> None:
    await break_settlements(shop)
    failed: list[int] = []

    class Batches(BatchConsumer[Step]):
        group_id = "orders"
        retry = SOON
        batch_size = 2
        prefetch = 4

        async def process_batch(self, events: Sequence[BaseEvent[Step]], context: BatchContext) -> None:
            if any(event.payload.number == 0 for event in events) and len(failed) < 3:
                failed.append(len(events))
                raise TransientError("again, please")
            async with context.transaction() as tx:
                rows = [(event.payload.order, event.payload.number) for event in events]
                await tx.connection.executemany("insert into steps values ($1, $2)", rows)

    async with shop.running(Batches()) as runtime:
        for number in range(12):
            async with runtime.transaction(ORIGIN) as tx:
                await tx.publish(Step(order="red", number=number))
        await eventually(lambda: bool(failed))
        await asyncio.sleep(0.5)
        await mend_settlements(shop)
        await shop.until_settled(12, timeout_s=30)
    assert await steps_as_committed(shop) == {"red": list(range(12))}


async def test_events_without_a_place_on_an_ordered_topic_come_again_too(shop: Shop) -> None:
    await break_settlements(shop)
    broken = True

    async def handle(event: Any, context: EventContext) -> None:
        if broken:
            raise TransientError("again, please")
        await write_step(event, context)

    async with shop.running(consumer(handle, of=Step, concurrency=2, retry=SOON)):
        for number in range(8):
            await shop.bus.publish(message_of(Step(order=f"order {number}", number=number)))
        await asyncio.sleep(1)
        broken = False
        await mend_settlements(shop)
        await shop.until_settled(8, timeout_s=30)
    assert sum(map(len, (await steps_as_committed(shop)).values())) == 8

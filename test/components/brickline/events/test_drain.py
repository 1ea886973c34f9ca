"""Stopping, in order or not: what is in hand is finished or handed back; nothing is lost or done twice."""

import asyncio
from typing import Any

import pytest

from brickline.events import BusUnavailable, EventContext, PermanentError
from support.buses import depth
from support.shop import Ordered, Shipped, Shop, abandon, consumer, settle, settle_and_ship
from support.waiting import eventually


class Gate:
    """A handler that waits for leave before it settles."""

    def __init__(self) -> None:
        self.inside = 0
        self.open = asyncio.Event()

    async def __call__(self, event: Any, context: EventContext) -> None:
        self.inside += 1
        await self.open.wait()
        await settle_and_ship(event, context)


def shipments() -> Any:
    return consumer(settle, group="shipments", of=Shipped)


async def test_a_drain_finishes_what_is_in_hand_and_leaves_the_rest_for_the_next_start(shop: Shop) -> None:
    gate = Gate()

    async def run() -> None:
        async with shop.running(consumer(gate, concurrency=3), lease_s=1.0):
            await shop.order(*range(40))
            await eventually(lambda: gate.inside == 3)
            asyncio.get_running_loop().call_later(0.5, gate.open.set)

    await asyncio.wait_for(run(), 15)
    assert gate.inside == 3
    assert await shop.settled() == 3
    async with shop.running(consumer(settle_and_ship), shipments(), lease_s=1.0):
        await shop.until_settled(40)
        await shop.until_settled(40, "shipments")
    assert await shop.effects() == await shop.effects("shipments") == list(range(40))


@pytest.mark.parametrize("broker_url", ["rabbit"], indirect=True)
async def test_a_drain_does_not_wear_out_what_it_hands_back(
    shop: Shop, broker_url: str, topology_prefix: str
) -> None:
    """A broker counts deliveries: handing messages back while still consuming would use their limit up."""
    gate = Gate()

    async def run() -> None:
        async with shop.running(consumer(gate, concurrency=1)):
            await shop.order(*range(30))
            await eventually(lambda: gate.inside)
            await eventually(lambda: all_sent(shop))
            asyncio.get_running_loop().call_later(0.5, gate.open.set)

    for _ in range(2):
        gate.inside = 0
        gate.open.clear()
        await asyncio.wait_for(run(), 15)
    assert await depth(broker_url, f"{topology_prefix}.orders.dead") == 0
    async with shop.running(consumer(settle_and_ship), shipments()):
        await shop.until_settled(60)
    assert await shop.effects() == sorted([*range(30)] * 2)


async def all_sent(shop: Shop) -> bool:
    return not [row for row in await shop.waiting() if row["topic"] == Ordered.topic]


async def test_a_drain_that_takes_too_long_is_cut_short_and_loses_nothing(shop: Shop) -> None:
    gate = Gate()

    async def run() -> None:
        async with shop.running(consumer(gate), lease_s=1.0, drain_s=0.5):
            await shop.order(*range(5))
            await eventually(lambda: gate.inside == 5)

    await asyncio.wait_for(run(), 5)
    assert await shop.settled() == 0
    async with shop.running(consumer(settle_and_ship), shipments(), lease_s=1.0):
        await shop.until_settled(5, "shipments")
    assert await shop.effects() == list(range(5))


async def test_a_runtime_cancelled_in_the_middle_of_handlers_settles_each_event_once_after_a_restart(
    shop: Shop,
) -> None:
    gate = Gate()

    async def run() -> None:
        async with shop.running(consumer(gate), shipments(), lease_s=0.5):
            await shop.order(*range(20))
            await asyncio.Event().wait()

    task = asyncio.create_task(run())
    await eventually(lambda: gate.inside == 8)
    await abandon(task)
    assert await shop.settled() == 0
    async with shop.running(consumer(settle_and_ship), shipments(), lease_s=0.5):
        await shop.until_settled(20, "shipments")
    assert await shop.effects() == await shop.effects("shipments") == list(range(20))


async def test_runtimes_cancelled_again_and_again_at_any_moment_settle_each_event_once(shop: Shop) -> None:
    orders = 150

    async def flaky(event: Any, context: EventContext) -> None:
        if context.attempt == 1 and event.number % 10 == 0:
            raise RuntimeError("once")
        if event.number % 50 == 7:
            raise PermanentError("never")
        await settle_and_ship(event, context)

    async def run() -> None:
        async with shop.running(consumer(flaky), shipments(), lease_s=0.4):
            await asyncio.Event().wait()

    await shop.order(*range(orders))
    for delay_ms in (20, 35, 55, 80, 110, 150):
        task = asyncio.create_task(run())
        await asyncio.sleep(delay_ms / 1000)  # not for luck: any moment will do
        await abandon(task)
    async with shop.running(consumer(flaky), shipments(), lease_s=0.4):
        await shop.until_settled(orders)
        await shop.until_settled(orders - 3, "shipments")
    expected = [number for number in range(orders) if number % 50 != 7]
    assert await shop.effects() == await shop.effects("shipments") == expected
    assert len(await shop.dead_letters()) == 3


async def test_two_processes_share_the_work_of_a_group_and_one_may_leave(shop: Shop) -> None:
    slow = Gate()
    slow.open.set()
    async with shop.running(consumer(slow, concurrency=2), shipments(), lease_s=1.0):
        async with shop.running(consumer(slow, concurrency=2), lease_s=1.0):
            await shop.order(*range(60))
            await eventually(lambda: slow.inside > 10)
        await shop.until_settled(60, "shipments")
    assert await shop.effects() == list(range(60))


async def test_a_runtime_that_ends_with_an_exception_lets_it_through(shop: Shop) -> None:
    async def fail() -> None:
        async with shop.running(consumer(settle)):
            raise LookupError("of the service")

    with pytest.raises(LookupError, match="of the service"):
        await asyncio.wait_for(fail(), 5)


async def test_a_bus_that_cannot_be_reached_at_the_start_is_told_at_once(memory_shop: Shop) -> None:
    class Away:
        def consume(self, _subscription: object) -> Any:
            raise BusUnavailable("nobody there")

        async def publish(self, _message: object) -> None:
            raise BusUnavailable("nobody there")

        async def check(self) -> str | None:
            return "nobody there"

    memory_shop.bus = Away()
    with pytest.raises(BusUnavailable, match="nobody there"):
        async with memory_shop.running(consumer(settle)):
            pass

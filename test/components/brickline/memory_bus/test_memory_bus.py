"""What is particular to the bus in one process: publishing ends when every group has settled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from brickline.events import BusUnavailable, Deliveries, Delivery, Message, Subscription, Unroutable
from brickline.memory_bus import MemoryBus
from support.waiting import eventually

MESSAGE = Message(body=b"{}", topic="shop.ordered", event_id=None)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def subscribe(stack: AsyncExitStack, bus: MemoryBus, group: str = "orders") -> Deliveries:
    return await stack.enter_async_context(bus.consume(Subscription(group, "shop.ordered", 8)))


async def take(deliveries: Deliveries) -> Delivery:
    async with asyncio.timeout(5):
        async for delivery in deliveries:
            return delivery
    raise AssertionError("the stream ended")


def publishing(bus: MemoryBus, message: Message = MESSAGE) -> "asyncio.Task[None]":
    return asyncio.create_task(bus.publish(message))


async def fails(task: "asyncio.Task[None]") -> bool:
    await asyncio.wait({task}, timeout=5)
    return isinstance(task.exception(), BusUnavailable)


async def test_publishing_ends_when_the_last_group_has_acknowledged(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    one, two = await subscribe(stack, bus, "one"), await subscribe(stack, bus, "two")
    task = publishing(bus)
    await (await take(one)).ack()
    second = await take(two)
    assert not task.done()
    await second.ack()
    await asyncio.wait_for(task, 5)


async def test_members_of_a_group_share_its_messages(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    first, second = await subscribe(stack, bus), await subscribe(stack, bus)
    tasks = [publishing(bus), publishing(bus)]
    for deliveries in (first, second):
        await (await take(deliveries)).ack()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)


async def test_without_any_group_a_message_is_unroutable() -> None:
    with pytest.raises(Unroutable, match=r"no group for 'shop\.ordered'"):
        await MemoryBus().publish(MESSAGE)


async def test_a_message_for_a_group_that_is_not_there_is_unroutable(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    await subscribe(stack, bus)
    with pytest.raises(Unroutable, match="no group for 'others'"):
        await bus.publish(Message(b"{}", "shop.ordered", None, group_id="others"))


async def test_a_group_that_left_is_waited_for_and_not_passed_by(stack: AsyncExitStack) -> None:
    """While one service of the process drains, another still publishes to the groups that are left."""
    bus = MemoryBus()
    stays = await subscribe(stack, bus, "stays")
    async with AsyncExitStack() as for_a_while:
        await subscribe(for_a_while, bus, "leaves")
    with pytest.raises(BusUnavailable, match="group 'leaves' is not consuming now"):
        await bus.publish(MESSAGE)
    back = await subscribe(stack, bus, "leaves")
    task = publishing(bus)
    for deliveries in (stays, back):
        await (await take(deliveries)).ack()
    await asyncio.wait_for(task, 5)


async def test_a_paused_bus_lets_publishers_wait_until_every_group_has_subscribed(
    stack: AsyncExitStack,
) -> None:
    bus = MemoryBus(paused=True)
    one = await subscribe(stack, bus, "one")
    task = publishing(bus)
    await asyncio.sleep(0)
    two = await subscribe(stack, bus, "two")
    assert not bus_has_delivered(bus)
    bus.resume()
    for deliveries in (one, two):
        await (await take(deliveries)).ack()
    await asyncio.wait_for(task, 5)


async def test_what_is_released_is_delivered_again(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    deliveries = await subscribe(stack, bus)
    task = publishing(bus)
    await (await take(deliveries)).release()
    await (await take(deliveries)).ack()
    await asyncio.wait_for(task, 5)


async def test_what_nobody_took_before_the_stop_fails_at_its_publisher(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    deliveries = await subscribe(stack, bus)
    task = publishing(bus)
    await eventually(lambda: bus_has_delivered(bus))
    await deliveries.stop()
    assert await fails(task)
    assert await fails(publishing(bus))


def bus_has_delivered(bus: MemoryBus) -> bool:
    return any(member.unsettled for member in bus._members)


async def test_what_is_in_hand_at_the_stop_can_still_be_acknowledged(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    deliveries = await subscribe(stack, bus)
    task = publishing(bus)
    delivery = await take(deliveries)
    await deliveries.stop()
    await delivery.ack()
    await asyncio.wait_for(task, 5)


async def test_a_stop_ends_every_iteration(stack: AsyncExitStack) -> None:
    deliveries = await subscribe(stack, MemoryBus())

    async def drain() -> list[Delivery]:
        return [delivery async for delivery in deliveries]

    tasks = [asyncio.create_task(drain()) for _ in range(3)]
    await asyncio.sleep(0)
    await deliveries.stop()
    assert await asyncio.wait_for(asyncio.gather(*tasks, drain()), 5) == [[], [], [], []]


async def test_a_consumer_that_leaves_fails_the_publishers_of_what_it_has_in_hand() -> None:
    bus = MemoryBus()
    async with AsyncExitStack() as stack:
        deliveries = await subscribe(stack, bus)
        task = publishing(bus)
        delivery = await take(deliveries)
    assert await fails(task)
    await delivery.ack()  # too late, and harmless
    await delivery.release()


async def test_settling_twice_is_harmless(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    deliveries = await subscribe(stack, bus)
    task = publishing(bus)
    delivery = await take(deliveries)
    await delivery.ack()
    await delivery.ack()
    await delivery.release()
    await asyncio.wait_for(task, 5)


async def test_a_publisher_that_gives_up_leaves_nothing_behind(stack: AsyncExitStack) -> None:
    bus = MemoryBus()
    deliveries = await subscribe(stack, bus)
    task = publishing(bus)
    delivery = await take(deliveries)
    task.cancel()
    await asyncio.wait({task})
    await delivery.ack()
    assert not bus_has_delivered(bus)

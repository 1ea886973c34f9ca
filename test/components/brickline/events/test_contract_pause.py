"""A broken contract is loud: the group pauses, readiness turns red, and nothing is lost."""

import asyncio
from typing import Any, ClassVar

import pytest
from pydantic import Field

from brickline.events import ContractLimits, Pause, pause_group, paused_groups, resume_group
from brickline.events.contract_guard import ContractGuard
from brickline.events.errors import GroupPaused
from brickline.persistence import DatabaseUnavailable
from brickline.schemas import Payload
from support.shop import ORIGIN, Shop, consumer, settle
from support.waiting import eventually

LIMITS = ContractLimits(in_a_row=5, window=20, share=0.5)
AT_ONCE = 2
BURIED = LIMITS.in_a_row - 1
"""The one that is too many is handed back, like all that were in hand or fetched when it came."""


class Renamed(Payload):
    """What a producer ships that was updated alone: `number` has another name."""

    topic: ClassVar[str] = "shop.ordered"
    amount: int


class ReadsRenamed(Payload):
    """What a consumer reads after the right deploy."""

    topic: ClassVar[str] = "shop.ordered"
    number: int = Field(validation_alias="amount")


def orders(at_once: int = AT_ONCE, **changes: Any) -> Any:
    made = consumer(settle, concurrency=at_once, **changes)
    type(made).contract_limits = LIMITS
    return made


async def ship(shop: Shop, *amounts: int) -> None:
    assert shop.runtime is not None
    async with shop.runtime.transaction(ORIGIN) as tx:
        for amount in amounts:
            await tx.publish(Renamed(amount=amount))


async def is_paused(shop: Shop) -> bool:
    readiness = await shop.health.readiness()
    return not readiness.ready and "cannot be read" in readiness.checks["group.orders"]


async def pause_by(shop: Shop, count: int, at_once: int = AT_ONCE) -> int:
    """Let the group meet so many unreadable events; return how many it buried before it paused."""
    async with shop.running(orders(at_once)):
        await ship(shop, *range(count))
        await eventually(lambda: is_paused(shop))
    return len(await shop.dead_letters())


async def resume(shop: Shop) -> bool:
    async with shop.database.connection() as connection:
        return await resume_group(connection, "orders")


async def test_a_run_of_unreadable_events_pauses_the_group_and_readiness_tells_why(shop: Shop) -> None:
    async with shop.running(orders()):
        await ship(shop, *range(100))
        await eventually(lambda: is_paused(shop))
        await asyncio.sleep(1.5)  # time to go wrong in: longer than the relay's poll
        assert len(await shop.dead_letters()) == BURIED


async def test_what_is_in_hand_when_the_pause_comes_is_handed_back(memory_shop: Shop) -> None:
    buried = await pause_by(memory_shop, 100, at_once=16)
    assert buried == BURIED
    assert len([row for row in await memory_shop.waiting() if row["topic"] == Renamed.topic]) == 100 - buried


async def test_single_bad_events_do_not_pause_a_group(shop: Shop) -> None:
    async with shop.running(orders()):
        for number in range(12):
            await shop.order(number, number + 100)
            await ship(shop, number)
        await shop.until_settled(36)
        assert (await shop.health.readiness()).ready
    assert len(await shop.dead_letters()) == 12


async def test_half_of_the_last_events_pause_a_group_too(shop: Shop) -> None:
    async with shop.running(orders()):
        for number in range(LIMITS.window):
            await shop.order(number)
            await ship(shop, number)
        await eventually(lambda: is_paused(shop))
    assert len(await shop.dead_letters()) < LIMITS.window // 2


async def test_after_a_deploy_that_can_read_them_the_group_goes_on_by_itself(shop: Shop) -> None:
    buried = await pause_by(shop, 60)
    async with shop.running(orders(of=ReadsRenamed)):
        await shop.until_settled(60)
        assert (await shop.health.readiness()).ready
    assert len(await shop.effects()) == len(set(await shop.effects())) == 60 - buried
    assert len(await shop.dead_letters()) == buried


async def test_after_a_deploy_that_cannot_read_them_either_no_event_more_is_given_up(shop: Shop) -> None:
    buried = await pause_by(shop, 60)
    async with shop.running(orders()):
        await eventually(lambda: is_paused(shop))
        await asyncio.sleep(1.5)  # time to go wrong in
    assert len(await shop.dead_letters()) == buried


async def test_a_group_goes_on_by_command_and_pauses_again_if_nothing_was_mended(shop: Shop) -> None:
    async with shop.running(orders()):
        await ship(shop, *range(60))
        first = await eventually(lambda: pause_after(shop, None))
        assert await resume(shop)
        await eventually(lambda: pause_after(shop, first))
    assert len(await shop.dead_letters()) == 2 * BURIED
    assert await resume(shop)
    assert not await resume(shop)


async def pause_after(shop: Shop, earlier: Pause | None) -> Pause | None:
    """The pause in force, if it is another than `earlier`."""
    async with shop.database.connection() as connection:
        for pause in await paused_groups(connection):
            if earlier is None or pause.paused_at > earlier.paused_at:
                return pause
    return None


class Still:
    """Deliveries that nobody has to hold back."""

    async def pause(self) -> None: ...

    async def resume(self) -> None: ...


async def test_what_was_in_hand_over_a_pause_is_not_taken_off_the_new_count(memory_shop: Shop) -> None:
    deliveries: Any = Still()
    two: Any = orders()
    type(two).contract_limits = ContractLimits(in_a_row=2)
    guard = ContractGuard(two, memory_shop.database)
    in_hand = guard.burying(b"in hand", deliveries)
    await in_hand.__aenter__()
    async with memory_shop.database.connection() as connection:
        await pause_group(connection, "orders", "by another process", b"{}")
    await guard.follow(deliveries)
    await resume(memory_shop)
    await guard.follow(deliveries)
    async with guard.burying(b"the first of the new count", deliveries):
        pass
    failure = DatabaseUnavailable("it could not be buried")
    assert not await in_hand.__aexit__(type(failure), failure, None)
    with pytest.raises(GroupPaused, match="2 events in a row"):
        async with guard.burying(b"the second", deliveries):
            pass


async def test_a_pause_says_since_when_and_keeps_an_event_that_could_not_be_read(shop: Shop) -> None:
    await pause_by(shop, 10)
    async with shop.database.connection() as connection:
        (pause,) = await paused_groups(connection)
    assert pause.group_id == "orders"
    assert "events in a row cannot be read" in pause.reason
    assert b'"amount"' in pause.sample


async def test_a_process_follows_a_pause_that_another_ordered_and_its_end(shop: Shop) -> None:
    async with shop.running(orders()):
        async with shop.database.connection() as connection:
            await pause_group(connection, "orders", "10 events in a row cannot be read", b"{}")
        await eventually(lambda: is_paused(shop))
        await shop.order(1)
        await resume(shop)
        await shop.until_settled(1)
        assert (await shop.health.readiness()).ready

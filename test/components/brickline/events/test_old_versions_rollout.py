"""Old and new releases side by side, in either order, and a process that is killed in the middle of it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from brickline.events import ContractLimits, LetterFilter, ReplayOrder, holdings
from brickline.rabbit_bus import queued
from support.graveyard import desk_of, letters, mourner
from support.releases import (
    TOPIC,
    FirstOrdered,
    ThirdOrdered,
    first,
    publish,
    second,
    settle_third,
    third,
)
from support.shop import Shop, consumer, settle
from support.waiting import eventually

LIMITS = ContractLimits(in_a_row=5, window=20, share=0.5)
TEST_ROOT = Path(__file__).parents[3]


def before() -> Any:
    """The reader of the first release, which no other had followed yet."""
    made = consumer(settle, of=FirstOrdered, concurrency=2)
    type(made).contract_limits = LIMITS
    return made


def upgraded() -> Any:
    return consumer(settle_third, of=ThirdOrdered)


async def is_paused(shop: Shop) -> bool:
    readiness = await shop.health.readiness()
    return not readiness.ready and "cannot be read" in readiness.checks["group.orders"]


async def test_a_reader_that_was_not_upgraded_pauses_and_loses_nothing(shop: Shop) -> None:
    """The new writer came first, against the order of deploys; the upgrade of the reader mends it all."""
    async with shop.running(before(), mourner()):
        await publish(shop, [first(n) for n in range(10)])
        await shop.until_settled(10)
        await publish(shop, [third(n) for n in range(10, 60)])
        await eventually(lambda: is_paused(shop))
    dead = await letters(shop, state="dead")
    assert len(dead) == LIMITS.in_a_row - 1
    assert {letter.reason for letter in dead} == {"contract"}
    assert all("this reader knows version 1. A later release wrote it" in letter.error for letter in dead)
    async with shop.running(upgraded(), mourner()):
        await shop.until_settled(60)
        assert (await shop.health.readiness()).ready
        await desk_of(shop).replay(LetterFilter(), ReplayOrder(by="ada"))
        await eventually(lambda: all_done(shop, 60))
    assert await letters(shop, state="dead") == []


async def all_done(shop: Shop, count: int) -> bool:
    assert await shop.effects() == list(range(count))
    assert await shop.waiting() == []
    return True


async def test_the_reader_is_upgraded_first_while_the_release_before_still_writes(shop: Shop) -> None:
    """The right order of deploys: nobody notices."""
    async with shop.running(before()):
        await publish(shop, [first(n) for n in range(10)])
        await shop.until_settled(10)
    async with shop.running(upgraded()):
        await publish(shop, [first(n) for n in range(10, 40, 3)])
        await publish(shop, [second(n) for n in range(11, 40, 3)])
        await publish(shop, [third(n) for n in range(12, 40, 3)])
        await shop.until_settled(40)
    assert await shop.effects() == list(range(40))
    assert await shop.dead_letters() == []


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """This release, running."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "support.upgraded_shop", *arguments),
        env={**os.environ, "PYTHONPATH": str(TEST_ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def test_a_process_killed_in_the_middle_of_old_events_repeats_and_loses_none(
    shop: Shop, database_url: str, broker_url: str | None, topology_prefix: str
) -> None:
    count = 600
    async with shop.running(before()):
        pass  # its queue is there from now on
    shop.runtime = None
    releases = (first, second, third)
    await publish(shop, [releases[n % 3](n) for n in range(count)])
    if broker_url is not None:
        await leave_half_in_queue(shop, broker_url, topology_prefix)
    arguments = [database_url, topology_prefix, *([broker_url] if broker_url else [])]

    async def at_work() -> bool:
        return len(await shop.effects()) > 20

    async with process(*arguments) as child:
        await eventually(at_work, 20, every_s=0.005)
        child.kill()
        await child.wait()
    assert len(await shop.effects()) < count, "it was not killed in the middle: raise the count"
    async with process(*arguments):
        await shop.until_settled(count, timeout_s=30)
    assert await shop.effects() == list(range(count))
    assert await shop.dead_letters() == []
    for version in (1, 2, 3):
        assert (await holdings(shop.database, TOPIC, version)).nothing
    if broker_url is not None:
        assert await queued(broker_url, ["orders"], prefix=topology_prefix) == {"orders": 0}


async def leave_half_in_queue(shop: Shop, url: str, prefix: str) -> None:
    """Let a relay send some of what is in the outbox, while nobody consumes."""

    async def some_sent() -> bool:
        return (await queued(url, ["orders"], prefix=prefix))["orders"] >= 100

    async with shop.running():
        await eventually(some_sent)

"""A process killed with -9 at any moment, again and again: every event has its effects, each once."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from brickline.memory_bus import MemoryBus
from brickline.persistence import Database
from support.shop import Shop
from support.waiting import eventually

ORDERS = 400
KILLS = 8
TEST_ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def process(database_url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    arguments = ("-m", "support.crashing_shop", database_url, str(ORDERS))
    environment = {**os.environ, "PYTHONPATH": str(TEST_ROOT)}
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def progress(shop: Shop) -> int:
    """How many rows there are of whatever comes about: any change of it means that the process is at work."""
    try:
        rows = await shop.rows(
            "select (select count(*) from ordered) + (select count(*) from effects) as count"
        )
    except Exception:
        return 0  # the very first process has not come to create the tables
    return int(rows[0]["count"])


async def kill_at_work(shop: Shop, child: asyncio.subprocess.Process) -> None:
    """Kill it at a random moment after it has begun to do something."""
    before = await progress(shop)

    async def works() -> bool:
        return await progress(shop) > before or child.returncode is not None

    await eventually(works, 20, every_s=0.005)
    await asyncio.sleep(random.uniform(0, 0.15))
    if child.returncode is None:
        child.kill()
    await child.wait()


async def test_every_event_is_settled_exactly_once_whatever_is_killed(database_url: str) -> None:
    killed = 0
    async with Database.connect(database_url, schema="shop", pool_size=1) as database:
        shop = Shop(database, MemoryBus())
        for _ in range(KILLS):
            async with process(database_url) as child:
                await kill_at_work(shop, child)
                killed += child.returncode == -9
        async with process(database_url) as child:
            assert await asyncio.wait_for(child.wait(), 60) == 0
        assert killed >= 3, "the machine is so fast that nothing was killed: raise ORDERS"
        assert await shop.effects() == await shop.effects("shipments") == list(range(ORDERS))
        assert await shop.settled() == await shop.settled("shipments") == ORDERS
        assert await shop.dead_letters() == []

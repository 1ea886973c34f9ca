"""This release of the shop as a process: `python -m support.upgraded_shop DSN PREFIX [BROKER_URL]`.

It handles the orders that earlier releases left, in whatever version, until it is killed.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from brickline.events import Bus
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database
from brickline.rabbit_bus import RabbitBus
from support.buses import STEPS
from support.releases import ThirdOrdered, settle_third
from support.shop import Shop, consumer


async def main(dsn: str, prefix: str, broker_url: str | None = None) -> None:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.connect(dsn, schema="shop", pool_size=12))
        bus: Bus = MemoryBus()
        if broker_url is not None:
            bus = await stack.enter_async_context(
                RabbitBus.connect(broker_url, routes={}, ordered=(STEPS,), prefix=prefix)
            )
        shop = Shop(database, bus)
        async with shop.running(consumer(settle_third, of=ThirdOrdered), lease_s=0.4):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""A process that publishes and consumes until it is killed: `python -m support.crashing_shop DSN ORDERS`.

It ends by itself, with 0, once every order is settled by both groups and nothing is left in the outbox.
"""

import asyncio
import sys

from brickline.events import MIGRATIONS
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database
from support.shop import ORIGIN, Ordered, Shipped, Shop, consumer, settle, settle_and_ship


async def main(dsn: str, orders: int) -> None:
    async with Database.connect(dsn, schema="shop", pool_size=12) as database:
        await MIGRATIONS.apply(database)
        await create_tables(database)
        shop = Shop(database, MemoryBus())
        shipments = consumer(settle, group="shipments", of=Shipped)
        async with shop.running(consumer(settle_and_ship), shipments, lease_s=0.4):
            await publish_missing(shop, orders)
            await shop.until_settled(orders, timeout_s=60)
            await shop.until_settled(orders, "shipments", timeout_s=60)


async def create_tables(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "create table if not exists effects (event_id uuid, group_id text, number bigint);"
            "create table if not exists ordered (number bigint primary key)"
        )


async def publish_missing(shop: Shop, orders: int) -> None:
    """Announce each order in the transaction that notes it, so that a successor does not repeat it."""
    done = {row["number"] for row in await shop.rows("select number from ordered")}
    assert shop.runtime is not None
    for number in sorted(set(range(orders)) - done):
        async with shop.runtime.transaction(ORIGIN) as tx:
            await tx.connection.execute("insert into ordered values ($1)", number)
            await tx.publish(Ordered(number=number))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))

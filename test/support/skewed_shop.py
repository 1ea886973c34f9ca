"""Releases of a shop that writes and of its readers, run side by side.

`python -m support.skewed_shop BROKER PREFIX DSN` is a process that reads the old version, until it is killed.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar

from brickline.events import (
    MIGRATIONS,
    Bus,
    Consumer,
    EventContext,
    EventRuntime,
    Pace,
    Release,
    Service,
    announced,
)
from brickline.persistence import Database
from brickline.rabbit_bus import RabbitBus
from brickline.schemas import BaseEvent, Payload, Upcaster
from brickline.telemetry import Health
from support.scraping import scraped

SKEW = "contract.skew"
OVER = "contract.skew_over"
QUICK = Pace(every_s=0.5, live_s=3.0, answer_s=0.05)


class Priced(Payload):
    """The first version."""

    topic: ClassVar[str] = "shop.priced"
    price: int


class PricedIn(Payload):
    """The second, whose readers read the first too."""

    topic: ClassVar[str] = "shop.priced"
    version: ClassVar[int] = 2
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: lambda data: {**data, "currency": "EUR"}}
    price: int
    currency: str


class ReadsOld(Consumer[Priced]):
    group_id = "orders"

    async def process_message(self, event: BaseEvent[Priced], context: EventContext) -> None: ...


class ReadsNew(Consumer[PricedIn]):
    group_id = "orders"

    async def process_message(self, event: BaseEvent[PricedIn], context: EventContext) -> None: ...


OLD_READER = Service("reader", tier=1, consumers=(ReadsOld,))
NEW_READER = Service("reader", tier=1, consumers=(ReadsNew,))
OLD_WRITER = Service("shop", tier=0, publishes=(Priced,))
NEW_WRITER = Service("shop", tier=0, publishes=(PricedIn,))


@asynccontextmanager
async def running(
    service: Service,
    database: Database,
    bus: Bus,
    release: str = "v1",
    *,
    deployment: str = "default",
    pace: Pace = QUICK,
) -> AsyncIterator[Health]:
    """Run one release of a service; yield what a probe would ask."""
    health = Health(service.name)
    runtime = EventRuntime(service, database, bus, release=Release(release, deployment), pace=pace)
    consumers: list[Any] = [consumer() for consumer in service.consumers]
    async with runtime.running(consumers, health, drain_s=5):
        yield health


async def alarm_of(health: Health) -> str:
    """What readiness says of contracts; the service is ready all the same."""
    readiness = await health.readiness()
    assert (readiness.ready, readiness.http_status) == (True, 200), readiness
    return readiness.checks[f"{health.service}.contracts"]


async def warns(health: Health) -> str:
    said = await alarm_of(health)
    assert said.startswith("warning: "), said
    return said


async def is_calm(health: Health) -> bool:
    return await alarm_of(health) == "ok"


async def skewed() -> float | None:
    """How many readers the shop's metric counts that cannot read it; None if it heard of no reader."""
    page = await scraped()
    return page.value("brickline_contract_skew", service="shop", topic="shop.priced", reader="reader")


async def skews_are(count: int) -> bool:
    return await skewed() == count


async def hears_the_reader() -> bool:
    return await skewed() is not None


async def is_announced(database: Database, count: int) -> bool:
    return len(await announced(database, live_s=QUICK.live_s)) == count


async def main(broker: str, prefix: str, dsn: str) -> None:
    async with (
        Database.connect(dsn, schema="reader", pool_size=2) as database,
        RabbitBus.connect(broker, routes={}, prefix=prefix) as bus,
    ):
        await MIGRATIONS.apply(database)
        async with running(OLD_READER, database, bus, "v0"):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""A service process in miniature, inside the test's own: what it holds dies with it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from brickline.events import Bus, BusUnavailable, EventRuntime
from brickline.memory_bus import MemoryBus
from brickline.persistence import DatabaseUnavailable
from brickline.rabbit_bus import RabbitBus
from brickline.telemetry import Health
from brickline_dev.wire import Wire, wire_to
from support.crash_points import Dead, Hit, Life
from support.script import OTHERS, ROUTES, Script
from support.watched_bus import WatchedBus
from support.watched_database import WatchedDatabase

LEASE_S = 0.25
DRAIN_S = 8.0
NOWHERE = ("127.0.0.1", 9)
"""Where nothing listens: the broker, as the dead see it."""


@dataclass(frozen=True)
class Place:
    """Where processes run: their database, and their broker if they have one; their name on both."""

    database_url: str
    name: str
    broker_url: str | None = None


@asynccontextmanager
async def connected(place: Place, broker_url: str | None) -> AsyncIterator[Bus]:
    """The bus of one process."""
    if broker_url is None:
        yield MemoryBus()
        return
    async with RabbitBus.connect(broker_url, routes=ROUTES, prefix=place.name) as bus:
        yield bus


@asynccontextmanager
async def serving(
    place: Place, script: Script, life: Life, database: WatchedDatabase, bus: Bus
) -> AsyncIterator[EventRuntime]:
    """A service on what it is given, in which every step passes the points of `life`."""
    database.life = life
    runtime = EventRuntime("shop", database, WatchedBus(bus, life, {OTHERS}), lease_s=LEASE_S)
    async with runtime.running(script.consumers(life, bus), Health("shop"), drain_s=DRAIN_S):
        yield runtime


class Mortal:
    """One process, from `start` to `stop` or to a crash."""

    def __init__(self, place: Place, script: Script, tally: Counter[Hit]) -> None:
        self.life = Life(tally, self._die, self.sever)
        self.runtime: EventRuntime | None = None
        self.bus: Bus | None = None
        self._place = place
        self._script = script
        self._database: WatchedDatabase | None = None
        self._wire: Wire | None = None
        self._up = asyncio.Event()
        self._stopping = asyncio.Event()
        self._main = asyncio.create_task(self._live())

    @property
    def runs(self) -> bool:
        """Whether it is there, and not about to stop."""
        return not (self._main.done() or self.life.dead or self._stopping.is_set())

    async def start(self) -> None:
        """Return when it is up, or when a crash ended it on the way."""
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait({up, self._main}, return_when=asyncio.FIRST_COMPLETED)
        up.cancel()

    async def stop(self) -> None:
        """Drain, as after a SIGTERM; return at its end."""
        self._stopping.set()
        _, pending = await asyncio.wait({self._main}, timeout=DRAIN_S + 4)
        assert not pending, "the process did not end in the time it has for that"

    def sever(self) -> None:
        """Break its connections, without a word of their protocols; the process lives on."""
        if self._database is not None:
            self._database.abort()
        if self._wire is not None:
            self._wire.sever()

    async def bury(self) -> None:
        """Wait for the tasks of a dead process to notice; raise what ended one that no crash had ended."""
        self._main.cancel()
        await asyncio.wait({self._main}, timeout=DRAIN_S)
        if not self.life.dead and self._main.done() and not self._main.cancelled():
            self._main.result()

    def _die(self) -> None:
        if self._wire is not None:
            self._wire.server = NOWHERE
        self.sever()
        self._main.cancel()

    async def _live(self) -> None:
        place = self._place
        with suppress(Dead):
            async with (
                _lifeline(place.broker_url) as (self._wire, broker_url),
                WatchedDatabase.connect(place.database_url, schema=place.name, pool_size=8) as database,
                connected(place, broker_url) as bus,
            ):
                self._database, self.bus = database, bus
                async with serving(place, self._script, self.life, database, bus) as runtime:
                    self.runtime = runtime
                    self._up.set()
                    await self._stopping.wait()


@asynccontextmanager
async def _lifeline(url: str | None) -> AsyncIterator[tuple[Wire | None, str | None]]:
    """A process's own wire to the broker, if there is one, and the address at its end."""
    if url is None:
        yield None, None
        return
    async with wire_to(url) as (wire, address):
        yield wire, address


UNLUCKY = (Dead, DatabaseUnavailable, BusUnavailable)
"""What a caller sees whose process, or whose process's connection, ended in the middle."""

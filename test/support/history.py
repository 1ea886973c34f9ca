"""Two processes of one service and what befalls them, from an empty database to the final account."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import count
from typing import Self
from uuid import uuid4

from brickline.events import EventRuntime
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database
from support.buses import depth, sweep
from support.crash_points import Fault, Hit, Point
from support.ledger import Ledger, Refrained
from support.mortal import UNLUCKY, Mortal, Place
from support.script import EVERYTHING, ROUTES, Fates, Script
from support.shop import Ordered, Shipped
from support.waiting import eventually

_SETTLE_S = 20.0
_DIE_S = 10.0


class Mishap(Enum):
    """What a process can meet with at any time."""

    STOP = "told to end, it drains"
    CRASH = "it ends here and now"
    SEVERED = "its connections break"
    DISCONNECTED = "the database ends everybody's connections"
    LEASES_END = "everybody was held up for longer than a lease"


@dataclass
class History:
    """What happens, and what must come of it."""

    place: Place
    ledger: Ledger
    tally: Counter[Hit]
    resources: AsyncExitStack
    processes: dict[str, Mortal] = field(default_factory=dict)
    gone: list[Mortal] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    async def begin(cls, database_url: str, broker_url: str | None, tally: Counter[Hit]) -> Self:
        """An empty schema, and no queue yet."""
        resources, name = AsyncExitStack(), f"history_{uuid4().hex[:12]}"
        place = Place(database_url, name, broker_url)
        if broker_url:
            resources.push_async_callback(sweep, broker_url, name)
        database = await resources.enter_async_context(
            Database.connect(database_url, schema=name, pool_size=2)
        )
        ledger = Ledger(database, Script())
        await ledger.open()
        return cls(place, ledger, tally, resources)

    def running(self, slot: str) -> Mortal | None:
        """The process there, if one runs."""
        process = self.processes.get(slot)
        return process if process is not None and process.runs else None

    async def start(self, slot: str) -> None:
        """Start a process, unless one runs there."""
        if self.running(slot) is None:
            self.processes[slot] = process = Mortal(self.place, self.ledger.script, self.tally)
            self.gone.append(process)
            await process.start()

    async def meet_with(self, slot: str, what: Mishap) -> None:
        """Let something happen to the process there, if one runs, or to all of them."""
        process = self.running(slot)
        match what:
            case Mishap.STOP if process:
                await process.stop()
            case Mishap.CRASH if process:
                process.life.crash()
            case Mishap.SEVERED if process:
                process.sever()
            case Mishap.DISCONNECTED:
                await self.ledger.end_connections()
            case Mishap.LEASES_END:
                await self.ledger.end_leases()

    def arm(self, slot: str, point: Point, fault: Fault, passes: int = 0) -> None:
        """Prepare a fault for the process that runs there now."""
        if process := self.running(slot):
            process.life.arm(point, fault, passes=passes)

    async def publish(
        self,
        slot: str,
        orders: Sequence[Fates],
        *,
        direct: bool = False,
        twice: bool = False,
        due_at: datetime | None = None,
        commit: bool = True,
    ) -> None:
        """Publish in one transaction: by the process, or where none runs by one that has no relay.

        `direct`: to the topic of one group, instead of that of two. `twice`: another delivery comes while the
        first is being handled.
        """
        process = self.running(slot)
        runtime = process.runtime if process else None
        payloads: list[Ordered | Shipped] = []
        for fates, number in zip(orders, self.numbers, strict=False):
            payloads.append(Shipped(number=number) if direct else Ordered(number=number))
            self.ledger.script.order(number, fates)
            self.ledger.script.twice |= {number} if twice else set()
        with suppress(Refrained, *UNLUCKY):
            await self.ledger.publish(
                runtime or EventRuntime("shop", self.ledger.database, MemoryBus()),
                *payloads,
                due_at=due_at,
                commit=commit,
            )

    def duplicate(self, slot: str, which: int) -> None:
        """Deliver an event once more that reached a handler before."""
        process, seen = self.running(slot), self.ledger.script.seen
        if process is None or process.bus is None or not seen:
            return
        self.ledger.script.deliver_again(process.bus, seen[which % len(seen)])

    async def work(self, seconds: float) -> None:
        """Let the processes work for so long, or until nothing is left to do."""
        with suppress(AssertionError):
            await eventually(self._quiet, seconds, every_s=0.01)

    async def end(self, focus: Point, *, restart: bool) -> None:
        """See the crash come about if it has not, heal everything, and hold the outcome against the account.

        With `restart` the processes are started anew; without, those that run must find out of it themselves.
        """
        async with self.resources:
            try:
                if not self.tally[Hit(focus, Fault.CRASH)]:
                    await self._provoke(focus)
                await self._settle(restart=restart)
            finally:
                await self._clear()

    async def _quiet(self) -> bool:
        if any(self.running(slot) for slot in self.processes):
            await self.ledger.check()
        return True

    async def _provoke(self, focus: Point) -> None:
        """Have the only process go through everything."""
        await self.meet_with("b", Mishap.CRASH)
        await self.start("a")
        victim, promised = self.processes["a"], len(self.ledger.promised)
        victim.life.disarm()
        victim.life.arm(focus, Fault.CRASH)
        if focus is Point.HANDED_BACK:
            victim.life.arm(Point.TAKEN, Fault.SEVER)
        while len(self.ledger.promised) == promised and not victim.life.dead:
            await self.publish("a", EVERYTHING, twice=True)  # the first connection may be a broken one
        await eventually(lambda: victim.life.dead, _DIE_S)

    async def _settle(self, *, restart: bool) -> None:
        for slot in "ab":
            if process := self.running(slot):
                process.life.crash() if restart else process.life.disarm()
        if restart:
            await self.ledger.pass_time()
        while True:
            for slot in "ab":
                await self.start(slot)
            await eventually(self._accounted, _SETTLE_S)
            for slot in "ab":
                await self.meet_with(slot, Mishap.STOP)
            if not await self._queued():  # else duplicates that nobody had taken
                break
        await self.ledger.check()

    async def _accounted(self) -> bool:
        await self.ledger.check()
        return not await self._queued()

    async def _queued(self) -> int:
        """How many messages the broker holds."""
        if self.place.broker_url is None:
            return 0
        queues = [f"{self.place.name}.{group}{end}" for end in ("", ".dead") for group in _GROUPS]
        return sum([await depth(self.place.broker_url, queue) for queue in queues])

    async def _clear(self) -> None:
        """Leave nothing behind; raise what ended a process that no fault had ended."""
        duplicates = self.ledger.script.duplicates
        for task in duplicates:
            task.cancel()
        await asyncio.gather(*duplicates, return_exceptions=True)
        for slot in self.processes:
            await self.meet_with(slot, Mishap.CRASH)
        await asyncio.gather(*(process.bury() for process in self.gone))


_GROUPS = [group for groups in ROUTES.values() for group in groups]

"""One process that says that it is there, and hears who else is."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from uuid_utils.compat import uuid7

from brickline.events.bus import Bus
from brickline.events.presence.alarm import Alarm
from brickline.events.presence.announcement import Announcement, announcement_of
from brickline.events.presence.ears import DEAF, Ears
from brickline.events.presence.effort import Effort
from brickline.events.presence.notices import gone, here, read_notice
from brickline.events.presence.pace import STEADY, Pace
from brickline.events.presence.release import UNRELEASED, Release
from brickline.events.presence.roster import Roster
from brickline.events.presence.rows import announce, withdraw
from brickline.events.service import Service
from brickline.events.waiting import set_within
from brickline.persistence import Database
from brickline.telemetry import METRICS, Reading, log_context

_TRY_S = 5.0
_FAREWELL_S = 0.5
_FIRST_HEARING_S = 1.0
_GATHER_S = 0.05
"""Many may be heard at once, and each look is at all of them."""


class Presence:
    """Tells what a service reads and writes, keeps it as a row, and raises an alarm over what is not read.

    Nothing of it fails or delays the service: what goes wrong is logged once and tried again.
    """

    def __init__(
        self,
        service: Service,
        database: Database,
        bus: Bus,
        *,
        release: Release = UNRELEASED,
        pace: Pace = STEADY,
    ) -> None:
        self.instance = uuid7()
        self._service = service
        self._release = release
        self._database = database
        self._bus = bus
        self._pace = pace
        self._roster = Roster(pace.live_s, deaf_s=pace.deaf_s)
        self._ears = Ears(bus, pace.deaf_s)
        self._alarm: Alarm | None = None
        self._asked = asyncio.Event()  # by somebody unknown, or by our own ears having opened
        self._changed = asyncio.Event()
        self._effort = Effort()
        self._running: asyncio.Task[None] | None = None
        self._talking: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Be there, in the background, until `leave` or the end of the block."""
        with METRICS.sampled(self._service.name, self._sample):
            with log_context(service=self._service.name):
                self._running = asyncio.create_task(self._run())
            try:
                yield
            finally:
                await self._stop()

    async def leave(self) -> None:
        """Say farewell, as the service takes no more events; within a second, whatever is away.

        It may write on while it drains: its row stays until `withdraw`.
        """
        talking, self._talking = self._talking, []
        if not talking:
            return
        for task in talking:
            task.cancel()
        await asyncio.wait(talking, timeout=_FAREWELL_S)
        await self._last_word("tell", lambda: self._bus.tell(gone(self.instance)))

    async def withdraw(self) -> None:
        """Remove the row, as the service writes no more; within half a second. To be called after `shown`."""
        await self._last_word("write", lambda: withdraw(self._database, self.instance))

    async def check(self) -> str | None:
        """Return None, or who does not read what is written here, and whether that can be heard at all."""
        skewed = None if self._alarm is None else self._alarm.reason()
        is_deaf = self._talking and (self._roster.deaf or "hear" in self._effort.failing)
        return "; ".join(filter(None, (skewed, DEAF if is_deaf else None))) or None

    async def _sample(self) -> list[Reading]:
        return [] if self._alarm is None else self._alarm.readings()

    async def _run(self) -> None:
        with self._effort.best("announce"):
            announcement = announcement_of(self._service, self._release, self.instance)
            self._alarm = alarm = Alarm(announcement)
            self._roster.noticed()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write(announcement))
                self._talking = [
                    tasks.create_task(self._hear(announcement)),
                    tasks.create_task(self._tell(announcement)),
                    tasks.create_task(self._watch(alarm)),
                ]

    async def _stop(self) -> None:
        """End what runs in the background."""
        task, self._running, self._talking = self._running, None, []
        if task is not None:
            task.cancel()
            await asyncio.wait({task}, timeout=_FAREWELL_S)

    async def _hear(self, own: Announcement) -> None:
        while True:
            with self._effort.best("hear"):
                # Whoever answers now is heard.
                await self._ears.hear(self._asked.set, lambda notice: self._take(notice, own))
            await asyncio.sleep(self._pace.every_s)

    async def _tell(self, own: Announcement) -> None:
        await set_within(self._asked, _FIRST_HEARING_S)
        while True:
            self._asked.clear()
            with self._effort.best("tell"):
                async with asyncio.timeout(_TRY_S):
                    await self._ears.tell(here(_now(own)))
            await set_within(self._asked, self._pace.every_s)
            if self._asked.is_set():  # others are asked too, and more may ask
                longest = self._pace.answer_s
                await asyncio.sleep(random.uniform(longest / 3, longest))  # noqa: S311  # jitter, not a secret

    async def _write(self, own: Announcement) -> None:
        while True:
            with self._effort.best("write"):
                async with asyncio.timeout(_TRY_S):
                    await announce(self._database, _now(own))
            await asyncio.sleep(self._pace.every_s)

    async def _watch(self, alarm: Alarm) -> None:
        while True:
            self._changed.clear()
            with self._effort.best("watch"):
                alarm.update(self._roster.live())
                if self._roster.deaf:
                    self._ears.end_if_deaf()
            waits = (self._roster.silent_in_s(), self._roster.deaf_in_s(), self._pace.live_s)
            await set_within(self._changed, min(wait for wait in waits if wait is not None))
            await asyncio.sleep(_GATHER_S)

    def _take(self, notice: bytes, own: Announcement) -> None:
        if self._roster.deaf:
            self._changed.set()
        self._roster.noticed()
        self._effort.goes_well("hear")
        try:
            self._hear_out(notice, own)
        except Exception as error:  # whatever anyone may have told
            self._effort.ignore(error)

    def _hear_out(self, notice: bytes, own: Announcement) -> None:
        said = read_notice(notice)
        if not isinstance(said, Announcement):
            self._roster.left(said)
        elif said.instance == self.instance or said.deployment != own.deployment:
            return
        elif self._roster.heard(said):
            self._asked.set()
        self._changed.set()

    async def _last_word(self, what: str, say: Callable[[], Awaitable[None]]) -> None:
        """Say it if the last one could be said; a process that just ends is missed soon enough."""
        if what not in self._effort.failing:
            with suppress(Exception):
                async with asyncio.timeout(_FAREWELL_S):
                    await say()


def _now(own: Announcement) -> Announcement:
    return own.model_copy(update={"at": datetime.now(UTC)})

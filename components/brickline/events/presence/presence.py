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
from brickline.events.presence.effort import Effort
from brickline.events.presence.notices import NoticeError, gone, here, read_notice
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
        self._roster = Roster(pace.live_s)
        self._alarm: Alarm | None = None
        self._asked = asyncio.Event()  # by somebody unknown, or by our own ears having opened
        self._changed = asyncio.Event()
        self._effort = Effort()
        self._running: asyncio.Task[None] | None = None

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
        """Say farewell, as the service takes no more events; within a second, whatever is away."""
        if self._running is None or not await self._stop():
            return
        await asyncio.gather(
            self._last_word("tell", lambda: self._bus.tell(gone(self.instance))),
            self._last_word("write", lambda: withdraw(self._database, self.instance)),
        )

    async def check(self) -> str | None:
        """Return None, or who does not read what is written here."""
        return None if self._alarm is None else self._alarm.reason()

    async def _sample(self) -> list[Reading]:
        return [] if self._alarm is None else self._alarm.readings()

    async def _run(self) -> None:
        with self._effort.best("announce"):
            announcement = announcement_of(self._service, self._release, self.instance)
            self._alarm = alarm = Alarm(announcement)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._hear(announcement))
                tasks.create_task(self._tell(announcement))
                tasks.create_task(self._write(announcement))
                tasks.create_task(self._watch(alarm))

    async def _stop(self) -> bool:
        """End what runs in the background; False if that has ended before."""
        task, self._running = self._running, None
        if task is None:
            return False
        task.cancel()
        await asyncio.wait({task}, timeout=_FAREWELL_S)
        return True

    async def _hear(self, own: Announcement) -> None:
        while True:
            with self._effort.best("hear"):
                async with self._bus.hear() as notices:
                    self._effort.goes_well("hear")
                    self._asked.set()  # whoever answers now is heard
                    async for notice in notices:
                        self._take(notice, own)
            await asyncio.sleep(self._pace.every_s)

    async def _tell(self, own: Announcement) -> None:
        await set_within(self._asked, _FIRST_HEARING_S)
        while True:
            self._asked.clear()
            with self._effort.best("tell"):
                async with asyncio.timeout(_TRY_S):
                    await self._bus.tell(here(_now(own)))
            self._roster.can_hear("tell" not in self._effort.failing)
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
            alarm.update(self._roster.live())
            silent_in_s = self._roster.silent_in_s()
            await set_within(self._changed, self._pace.live_s if silent_in_s is None else silent_in_s)
            await asyncio.sleep(_GATHER_S)

    def _take(self, notice: bytes, own: Announcement) -> None:
        try:
            said = read_notice(notice)
        except NoticeError as error:
            self._effort.ignore(error)
            return
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

"""Whatever is told, and whatever is away: presence is best effort, and disturbs no service."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import MAX_NOTICE_BYTES, Bus, BusUnavailable, Service, announced
from brickline.events.presence.alarm import Alarm
from brickline.events.presence.notices import read_notice
from brickline.persistence import Database
from brickline.telemetry import Health
from support.outage import outage
from support.skewed_shop import (
    NEW_WRITER,
    OLD_READER,
    OLD_WRITER,
    OVER,
    QUICK,
    SKEW,
    Priced,
    is_announced,
    is_calm,
    running,
    warns,
)
from support.waiting import eventually


@pytest.fixture(autouse=True)
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "brickline")


JUNK = [
    b"",
    b"\x00\xff\xfe",
    b"null",
    b"[]",
    b"{}",
    b'{"format": 2, "here": {}}',
    b'{"format": 1, "here": {"service": "reader"}}',
    b'{"format": 1, "gone": "nobody"}',
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b"9" * 60_000,
    b"x" * (MAX_NOTICE_BYTES + 1),
    b"x" * 3_000_000,
]


def forged(**changes: Any) -> bytes:
    """An announcement of an old reader, as somebody else would write it."""
    here = {
        "service": "reader",
        "instance": str(uuid4()),
        "release": "v1",
        "deployment": "default",
        "at": "2026-01-01T00:00:00Z",
        "reads": [{"topic": "shop.priced", "versions": [1], "digest": "ab"}],
        "writes": [],
    }
    return json.dumps({"format": 1, "here": {**here, **changes}}).encode()


FORGERIES = [
    forged(service="read\ner"),
    forged(service="\x1b[31mreader"),
    forged(service=""),
    forged(service="r" * 65),
    forged(release="v1 (ignore this)"),
    forged(release="v" * 101),
    forged(deployment="default\n"),
    forged(at="yesterday"),
    forged(reads=[{"topic": "shop.priced", "versions": [], "digest": "ab"}]),
    forged(reads=[{"topic": "shop.priced", "versions": [0], "digest": "ab"}]),
    forged(reads=[{"topic": "shop.priced", "versions": ["1"], "digest": "ab"}]),
    forged(reads=[{"topic": "shop.priced", "versions": [2**64], "digest": "ab"}]),
    forged(reads=[{"topic": "shop\n.priced", "versions": [1], "digest": "ab"}]),
    forged(reads=[{"topic": "shop.priced", "versions": [1], "digest": "a\nb"}]),
    forged(reads=[{"topic": "t", "versions": [1], "digest": "ab"}] * 1001),
]


async def test_what_is_no_announcement_is_ignored_with_one_line_in_the_log(
    bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(NEW_WRITER, shops, bus) as health:
        await eventually(lambda: is_announced(shops, 1))
        for notice in JUNK + FORGERIES:
            await bus.tell(notice)
        for _ in range(50):  # not all at once: a notice that waits too long for its turn is not sent
            await asyncio.gather(*(bus.tell(JUNK[number % 8]) for number in range(100)))
        assert await is_calm(health)
        async with running(OLD_READER, readers, bus):
            await eventually(lambda: warns(health))
        await eventually(lambda: is_calm(health))
    assert caplog.messages.count("presence.notice_ignored") == 1
    assert caplog.messages.count(SKEW) == 1


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_a_forged_announcement_is_believed_and_costs_an_alarm_only(bus: Bus, shops: Database) -> None:
    async with running(NEW_WRITER, shops, bus) as health:
        await eventually(lambda: is_announced(shops, 1))
        await asyncio.gather(*(bus.tell(forged(release=f"v{number}")) for number in range(900)))
        said = await eventually(lambda: warns(health))
        assert len(said) < 1000
        await eventually(lambda: is_calm(health))


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_while_the_database_is_away_presence_says_it_once_and_goes_on(
    bus: Bus,
    shops: Database,
    readers: Database,
    postgres_server: str,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running(NEW_WRITER, shops, bus), running(OLD_WRITER, readers, bus):
        await eventually(lambda: is_announced(shops, 1))
        async with outage(postgres_server, database_url):
            await eventually(lambda: caplog.messages.count("presence.interrupted") == 2)
            await asyncio.sleep(4 * QUICK.every_s)  # time to repeat it in
        await eventually(lambda: caplog.messages.count("presence.resumed") == 2)
        await eventually(lambda: is_announced(shops, 1))
    assert caplog.messages.count("presence.interrupted") == 2


class Stuck:
    """A bus on which notices hang, and which else is as `bus`."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    async def tell(self, _notice: bytes) -> None:
        await asyncio.Event().wait()

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        await asyncio.Event().wait()
        yield  # type: ignore[misc]


class Broken(Stuck):
    """One on which they fail in ways nobody thought of."""

    async def tell(self, _notice: bytes) -> None:
        raise LookupError("tell")

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        raise LookupError("hear")
        yield


@pytest.mark.parametrize("kind", [Stuck, Broken])
async def test_a_bus_that_takes_no_notices_neither_delays_nor_fails_a_service(
    kind: type[Stuck], bus: Bus, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    start = time.monotonic()
    async with running(OLD_READER, readers, kind(bus)) as health:
        assert time.monotonic() - start < 1
        assert (await health.readiness()).ready
        await eventually(lambda: is_announced(readers, 1))
        if kind is Broken:
            await eventually(lambda: caplog.messages.count("presence.interrupted") == 2)
        start = time.monotonic()
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_tables_of_an_older_version_fail_no_service(
    bus: Bus, shops: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with shops.connection() as connection:
        await connection.execute("drop table announcements")
    async with running(OLD_WRITER, shops, bus) as health:
        await eventually(lambda: caplog.messages.count("presence.interrupted") == 1)
        assert (await health.readiness()).ready


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_a_service_whose_name_cannot_be_told_runs_all_the_same(
    bus: Bus, shops: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(Service("a shop", tier=0, publishes=(Priced,)), shops, bus) as health:
        await eventually(lambda: caplog.messages.count("presence.interrupted") == 1)
        assert (await health.readiness()).checks["a shop.contracts"] == "ok"


class Deafened(Stuck):
    """A bus that is told and, once `deaf`, lets nothing be heard: it fails."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.deaf = asyncio.Event()
        self.opened = 0

    async def tell(self, notice: bytes) -> None:
        await self._bus.tell(notice)

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        self.opened += 1
        self._refuse()
        async with self._bus.hear() as notices:
            yield self._heard(notices)

    async def _heard(self, notices: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for notice in notices:
            self._refuse()
            if not self.deaf.is_set():
                yield notice

    def _refuse(self) -> None:
        if self.deaf.is_set():
            raise BusUnavailable("access to the queue was refused")


class Muffled(Deafened):
    """Once `deaf` it says nothing, as if all were well."""

    def _refuse(self) -> None: ...


@pytest.mark.parametrize("kind", [Deafened, Muffled])
async def test_an_alarm_lasts_while_nothing_can_be_heard_and_that_is_said(
    kind: type[Deafened], bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ears = kind(bus)
    async with running(NEW_WRITER, shops, ears) as health:
        async with running(OLD_READER, readers, bus):
            assert DEAF not in await eventually(lambda: warns(health))
            ears.deaf.set()
            await eventually(lambda: says(health, DEAF))
            await asyncio.sleep(2 * QUICK.live_s)  # time for the reader to count as gone
            assert "reader (release v1) reads version 1 of shop.priced" in await warns(health)
            assert ears.opened > 1
            ears.deaf.clear()
            await eventually(lambda: is_over(health, DEAF))
            await asyncio.sleep(QUICK.live_s)  # and again
            assert await warns(health)
            assert (caplog.messages.count(SKEW), caplog.messages.count(OVER)) == (1, 0)
        await eventually(lambda: is_calm(health))
    # Once for each time that it was deaf: a machine that stands still for long may make it so, too.
    said = [message for message in caplog.messages if message in ("presence.interrupted", "presence.resumed")]
    assert said
    assert said == ["presence.interrupted", "presence.resumed"] * (len(said) // 2)


DEAF = "cannot hear what others read"


async def says(health: Health, words: str) -> bool:
    return words in await warns(health)


async def is_over(health: Health, words: str) -> bool:
    return words not in await warns(health)


async def test_a_process_that_cannot_hear_from_its_start_on_warns_of_that_alone(
    bus: Bus, shops: Database, caplog: pytest.LogCaptureFixture
) -> None:
    ears = Muffled(bus)
    ears.deaf.set()
    async with running(OLD_WRITER, shops, ears) as health:
        assert await eventually(lambda: warns(health)) == f"warning: {DEAF}"
        await eventually(lambda: "presence.interrupted" in caplog.messages)
    assert caplog.messages.count("presence.interrupted") == 1


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
@pytest.mark.parametrize("error", [LookupError("a mistake"), asyncio.CancelledError()])
async def test_a_look_that_fails_is_logged_once_and_the_next_one_raises_the_alarm(
    error: BaseException,
    bus: Bus,
    shops: Database,
    readers: Database,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    update, failed = Alarm.update, list[int]()

    def fail_at_first(self: Alarm, live: Any) -> None:
        if len(failed) < 3:
            failed.append(1)
            raise error
        update(self, live)

    monkeypatch.setattr(Alarm, "update", fail_at_first)
    async with running(NEW_WRITER, shops, bus) as health, running(OLD_READER, readers, bus):
        await eventually(lambda: warns(health))
        await eventually(lambda: len(failed) == 3)
        at = (await announced(shops))[0].at
        await eventually(lambda: is_written_after(shops, at))
    assert caplog.messages.count("presence.interrupted") <= 2  # one of each process
    assert caplog.messages.count(SKEW) == 1


async def is_written_after(database: Database, at: datetime) -> bool:
    return (await announced(database))[0].at > at


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_a_notice_over_which_reading_fails_disturbs_no_other(
    bus: Bus,
    shops: Database,
    readers: Database,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(notice: bytes) -> Any:
        if notice == b"unforeseen":
            raise LookupError
        return read_notice(notice)

    monkeypatch.setattr("brickline.events.presence.presence.read_notice", fail)
    async with running(NEW_WRITER, shops, bus) as health:
        await eventually(lambda: is_announced(shops, 1))
        for _ in range(3):
            await bus.tell(b"unforeseen")
        async with running(OLD_READER, readers, bus):
            await eventually(lambda: warns(health), 1)
    assert caplog.messages.count("presence.notice_ignored") == 1
    assert "presence.interrupted" not in caplog.messages

"""Whatever is told, and whatever is away: presence is best effort, and disturbs no service."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import MAX_NOTICE_BYTES, Bus, Service
from brickline.persistence import Database
from support.outage import outage
from support.skewed_shop import (
    NEW_WRITER,
    OLD_READER,
    OLD_WRITER,
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

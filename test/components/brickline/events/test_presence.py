"""A service that writes what a live reader has not announced raises an alarm, and goes on."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, ClassVar
from uuid import uuid4

import pytest

from brickline.events import Bus, Consumer, EventContext, EventRuntime, Pace, Service, announced
from brickline.persistence import Database
from brickline.schemas import BaseEvent
from brickline.telemetry import Health
from support.shop import message_of
from support.skewed_shop import (
    NEW_READER,
    NEW_WRITER,
    OLD_READER,
    OLD_WRITER,
    OVER,
    QUICK,
    SKEW,
    Priced,
    hears_the_reader,
    is_announced,
    is_calm,
    running,
    skewed,
    skews_are,
    warns,
)
from support.waiting import eventually


@pytest.fixture(autouse=True)
def at_info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "brickline")


async def test_writers_first_is_an_alarm_in_log_metric_and_readiness_until_the_old_reader_leaves(
    bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with AsyncExitStack() as old:
        await old.enter_async_context(running(OLD_READER, readers, bus, "v1"))
        async with running(NEW_WRITER, shops, bus, "v2", pace=Pace()) as health:
            said = await eventually(lambda: warns(health), 2)
            assert said == (
                "warning: reader (release v1) reads version 1 of shop.priced, and shop (release v2) writes "
                "version 2: deploy a release of reader that reads it"
            )
            await eventually(lambda: skews_are(1))
            async with running(NEW_READER, readers, bus, "v2"):
                await eventually(lambda: is_announced(readers, 2))
                await old.aclose()
                await eventually(lambda: is_calm(health), 2)
                await eventually(lambda: skews_are(0))
    assert (caplog.messages.count(SKEW), caplog.messages.count(OVER)) == (1, 1)
    [record] = [record for record in caplog.records if record.message == SKEW]
    assert record.levelname == "ERROR"
    values: dict[str, Any] = record.brickline_values  # type: ignore[attr-defined]
    assert (values["topic"], values["version"], values["reader"], values["reader_release"]) == (
        "shop.priced",
        2,
        "reader",
        "v1",
    )


async def test_readers_first_is_no_alarm_at_any_moment(
    bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with AsyncExitStack() as old_writer, AsyncExitStack() as old_reader:
        await old_writer.enter_async_context(running(OLD_WRITER, shops, bus, "v1"))
        await old_reader.enter_async_context(running(OLD_READER, readers, bus, "v1"))
        async with running(NEW_READER, readers, bus, "v2"):
            await old_reader.aclose()
            async with running(NEW_WRITER, shops, bus, "v2") as health:
                await old_writer.aclose()
                await eventually(hears_the_reader)
                assert await is_calm(health)
    assert SKEW not in caplog.messages


async def test_a_service_is_told_at_its_start_and_a_farewell_removes_it(
    bus: Bus, shops: Database, readers: Database
) -> None:
    async with running(OLD_READER, readers, bus, "v1", deployment="blue"):
        [one] = await eventually(lambda: announced(readers))
        assert (one.service, one.release, one.deployment) == ("reader", "v1", "blue")
        assert [(each.topic, each.versions) for each in one.reads] == [("shop.priced", (1,))]
        assert [each.topic for each in one.writes] == ["event.dead_lettered", "event.deferred"]
        async with running(NEW_READER, readers, bus, "v2"):
            await eventually(lambda: is_announced(readers, 2))
            versions = {each.release: each.reads[0].versions for each in await announced(readers)}
            assert versions == {"v1": (1,), "v2": (1, 2)}
        assert await is_announced(readers, 1)
    assert await announced(readers) == []


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_instances_of_one_reader_with_different_releases_are_told_apart(
    bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        running(NEW_WRITER, shops, bus, "v2") as health,
        running(OLD_READER, readers, bus, "v1"),
        running(OLD_READER, readers, bus, "v1.1"),
        running(OLD_READER, readers, bus, "v1.1"),
    ):

        async def both_are_told() -> bool:
            said = await warns(health)
            return "(release v1) " in said and "(release v1.1) " in said and await skewed() == 3

        await eventually(both_are_told)
    assert caplog.messages.count(SKEW) == 2


async def test_another_deployment_is_none_of_ours(
    bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        running(OLD_READER, readers, bus, deployment="blue"),
        running(NEW_READER, readers, bus, deployment="green"),
        running(NEW_WRITER, shops, bus, deployment="green") as health,
    ):
        await eventually(hears_the_reader)
        await eventually(lambda: is_announced(readers, 2))
        assert await is_calm(health)
    assert SKEW not in caplog.messages


async def test_a_reader_that_says_nothing_more_is_gone_after_a_while(
    bus: Bus, shops: Database, readers: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(NEW_WRITER, shops, bus) as health:

        async def run() -> None:
            async with running(OLD_READER, readers, bus):
                await asyncio.Event().wait()

        reader = asyncio.create_task(run())
        await eventually(lambda: warns(health))
        await eventually(lambda: is_announced(readers, 1))
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        assert await warns(health)
        await eventually(lambda: is_calm(health))
        assert await announced(readers, live_s=QUICK.live_s) == []
        assert len(await announced(readers)) == 1  # at the pace that services have, it may be there yet
    assert (caplog.messages.count(SKEW), caplog.messages.count(OVER)) == (1, 1)


async def test_many_processes_hear_each_other(bus: Bus, shops: Database, readers: Database) -> None:
    async with AsyncExitStack() as stack:
        healths = [
            await stack.enter_async_context(running(NEW_WRITER, shops, bus, f"v{number}"))
            for number in range(8)
        ]
        for number in range(8):
            await stack.enter_async_context(running(OLD_READER, readers, bus, f"r{number}"))

        async def all_warn() -> bool:
            for health in healths:
                assert "; and 5 more" in await warns(health)
            return await skewed() == 8

        await eventually(all_warn)


async def note_times(notices: AsyncIterator[bytes], told: list[float]) -> None:
    async for _ in notices:
        told += [time.monotonic()]


async def test_an_idle_service_tells_and_writes_at_its_pace(bus: Bus, shops: Database) -> None:
    async with shops.connection() as connection:
        await connection.execute(
            "create table written (at timestamptz default clock_timestamp());"
            "create function note() returns trigger language plpgsql as "
            "$$ begin insert into written default values; return null; end $$;"
            "create trigger note after insert or update on announcements for each row execute function note()"
        )
    told: list[float] = []

    async def listen() -> None:
        async with bus.hear() as notices:
            hearing.set()
            await note_times(notices, told)

    hearing = asyncio.Event()
    listening = asyncio.create_task(listen())
    await hearing.wait()
    async with running(OLD_WRITER, shops, bus):
        await eventually(lambda: len(told) >= 6)
    listening.cancel()
    async with shops.connection() as connection:
        written = await connection.fetchval("select count(*) from written")
    # The first, and the one in which its own ears open, may come together.
    assert told[5] - told[0] >= 4 * QUICK.every_s
    assert written <= 2 + (told[-1] - told[0]) / QUICK.every_s


@pytest.mark.parametrize("broker_url", ["memory"], indirect=True)
async def test_rows_of_processes_that_ended_long_ago_are_removed(bus: Bus, shops: Database) -> None:
    async with shops.connection() as connection:
        await connection.execute(
            "insert into announcements values ($1, '{}', now() - interval '2 hours')", uuid4()
        )
    async with running(OLD_WRITER, shops, bus):
        await eventually(lambda: is_announced(shops, 1))
        async with shops.connection() as connection:
            assert await connection.fetchval("select count(*) from announcements") == 1


async def test_a_row_of_a_later_version_is_left_out_of_what_is_announced(shops: Database) -> None:
    async with shops.connection() as connection:
        await connection.execute("insert into announcements values ($1, '{\"schema\": 2}')", uuid4())
    assert await announced(shops) == []


class Gated(Consumer[Priced]):
    group_id = "orders"
    inside: ClassVar[asyncio.Event]
    leave: ClassVar[asyncio.Event]

    async def process_message(self, event: BaseEvent[Priced], context: EventContext) -> None:
        self.inside.set()
        await self.leave.wait()


async def test_a_process_that_drains_has_said_farewell_and_keeps_its_row_until_it_writes_no_more(
    bus: Bus, shops: Database, readers: Database
) -> None:
    Gated.inside, Gated.leave = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with running(Service("reader", tier=1, consumers=(Gated,)), readers, bus):
            await eventually(lambda: warns(health))
            await asyncio.wait_for(Gated.inside.wait(), 10)

    async with running(NEW_WRITER, shops, bus) as health:
        reader = asyncio.create_task(run())
        await eventually(lambda: is_announced(readers, 1))
        publishing = asyncio.create_task(bus.publish(message_of(Priced(price=1))))
        await eventually(lambda: warns(health))
        await asyncio.wait_for(Gated.inside.wait(), 10)
        await eventually(lambda: is_calm(health), QUICK.live_s / 2)  # by the farewell
        await asyncio.sleep(QUICK.live_s + QUICK.every_s)
        assert await is_announced(readers, 1)  # still written
        assert not reader.done()
        Gated.leave.set()
        await asyncio.gather(reader, publishing)
    assert await announced(readers) == []


async def test_work_that_a_drain_cuts_short_has_ended_before_the_row_goes(
    bus: Bus, readers: Database
) -> None:
    Gated.inside, Gated.leave = asyncio.Event(), asyncio.Event()
    seen = list[bool]()

    class Ends(Gated):
        async def process_message(self, event: BaseEvent[Priced], context: EventContext) -> None:
            try:
                await super().process_message(event, context)
            finally:
                seen.append(await is_announced(readers, 1))

    runtime = EventRuntime(Service("reader", tier=1, consumers=(Ends,)), readers, bus, pace=QUICK)
    async with runtime.running([Ends()], Health("reader"), drain_s=0.2):
        await eventually(lambda: is_announced(readers, 1))
        publishing = asyncio.create_task(bus.publish(message_of(Priced(price=1))))
        await asyncio.wait_for(Gated.inside.wait(), 10)
    await asyncio.gather(publishing, return_exceptions=True)
    assert seen == [True]
    assert await announced(readers) == []

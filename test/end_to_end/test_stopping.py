"""Stopping in good order, and starting again."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from end_to_end.flood import SIZE, all_ended_once, reported, send_all
from end_to_end.rows import analysis_held_up, settled_by_group
from end_to_end.stacks import TENANTS, Services, Standalone
from support.waiting import eventually


async def test_after_a_stop_in_the_middle_of_the_work_the_next_start_finds_all_of_it_and_the_key(
    folder: Path,
) -> None:
    stack = Standalone(folder, keys="")
    await stack.start()
    try:
        key = stack.own_key
        assert (stack.data / "api-key").stat().st_mode & 0o077 == 0
        sending = asyncio.create_task(send_all(stack, "default"))
        assert await reported(stack, "default", 5) < SIZE
        stack.program.send(signal.SIGTERM)
        assert await stack.program.ended() == 0
        await stack.start()
        assert stack.own_key == key
        await all_ended_once(stack, "default", await sending, Counter())
    finally:
        await stack.stop()


async def test_a_second_ctrl_c_ends_at_once_what_drains_too_long(folder: Path) -> None:
    stack = Standalone(folder)
    await stack.start()
    try:
        async with analysis_held_up(stack.database_url):
            await send_all(stack, TENANTS[0])
            stack.program.send(signal.SIGINT)
            await eventually(lambda: "stopping" in [line["event"] for line in stack.log()])
            assert stack.program.process is not None
            assert stack.program.process.poll() is None
            stack.program.send(signal.SIGINT)
            assert await stack.program.ended(10) == 128 + signal.SIGINT  # draining takes twice that
    finally:
        await stack.stop()


@pytest.mark.parametrize("name", ["http_api", "rabbit_worker", "report_api"])
async def test_a_service_that_is_stopped_and_started_in_the_middle_of_the_work_loses_nothing(
    services: Services, tenant: str, name: str
) -> None:
    before = await settled_by_group(services.database_url)
    sending = asyncio.create_task(send_all(services, tenant))
    assert await reported(services, tenant, 5) < SIZE
    services.programs[name].send(signal.SIGTERM)
    assert await services.programs[name].ended() == 0
    services.programs[name].start()
    await services.ready()
    await all_ended_once(services, tenant, await sending, before)


async def test_without_its_database_the_process_ends_with_a_sentence_and_the_next_start_goes_on(
    folder: Path,
) -> None:
    stack = Standalone(folder)
    await stack.start()
    try:
        receipts = await send_all(stack, TENANTS[0])
        (postmaster,) = (stack.data / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[:1]
        os.kill(int(postmaster), signal.SIGKILL)
        assert await stack.program.ended(30) == 1
        assert "Nothing that was accepted is lost: start again" in stack.program.said("err")
        await stack.start()
        await all_ended_once(stack, TENANTS[0], receipts, Counter())
    finally:
        await stack.stop()

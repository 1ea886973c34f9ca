"""Stopping in good order, and starting again."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from end_to_end.flood import SIZE, all_ended_once, reported, send_all
from end_to_end.rows import analysis_held_up, settled_by_group
from end_to_end.stacks import TENANTS, Services, Standalone
from end_to_end.texts import NOTE
from support.waiting import eventually


async def test_a_second_start_finds_the_data_and_the_key_of_the_first(folder: Path) -> None:
    stack = Standalone(folder, keys="")
    await stack.start()
    try:
        first_key = stack.api_key
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {first_key}"}, trust_env=False) as http:
            accepted = (await http.post(f"{stack.write_url}/documents", json={"text": NOTE})).json()
            # At once: whether it is analysed before the end or after the next start is all the same.
            stack.program.send(signal.SIGTERM)
            assert await stack.program.ended(10) == 0
            await stack.start()
            assert stack.api_key == first_key

            async def analysed() -> bool:
                url = f"{stack.read_url}/documents/{accepted['document_id']}/insights"
                return (await http.get(url)).status_code == 200

            await eventually(analysed, 30)
        assert (stack.data / "api-key").stat().st_mode & 0o077 == 0
        stack.program.send(signal.SIGINT)
        assert await stack.program.ended(10) == 0
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
            assert await stack.program.ended(1) == 128 + signal.SIGINT
    finally:
        await stack.stop()


async def test_a_stop_in_the_middle_of_the_work_loses_nothing_and_takes_seconds(folder: Path) -> None:
    stack, tenant = Standalone(folder), TENANTS[0]
    await stack.start()
    try:
        before = await settled_by_group(stack.database_url)
        sending = asyncio.create_task(send_all(stack, tenant))
        assert await reported(stack, tenant, 5) < SIZE
        stack.program.send(signal.SIGTERM)
        assert await stack.program.ended(10) == 0
        await stack.start()
        await all_ended_once(stack, tenant, await sending, before)
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
    assert await services.programs[name].ended(15) == 0
    services.programs[name].start()
    await services.ready()
    await all_ended_once(services, tenant, await sending, before)

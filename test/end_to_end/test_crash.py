"""kill -9, at any moment: every document that was accepted ends with its insights, once."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from end_to_end.flood import SIZE, all_ended_once, reported, send_all
from end_to_end.rows import settled_by_group
from end_to_end.stacks import TENANTS, Services, Standalone


async def test_killing_the_one_process_again_and_again_loses_and_repeats_nothing(folder: Path) -> None:
    stack, tenant = Standalone(folder), TENANTS[0]
    await stack.start()
    try:
        sending = asyncio.create_task(send_all(stack, tenant))
        for first, last in ((1, 30), (40, 60)):
            assert await reported(stack, tenant, random.randint(first, last)) < SIZE
            await stack.program.kill()
            await stack.start()
        await all_ended_once(stack, tenant, await sending, Counter())
    finally:
        await stack.stop()


@pytest.mark.parametrize("victim", ["http_api", "rabbit_worker", "report_api"])
async def test_killing_a_service_loses_and_repeats_nothing(
    services: Services, tenant: str, victim: str
) -> None:
    before = await settled_by_group(services.database_url)
    sending = asyncio.create_task(send_all(services, tenant))
    assert await reported(services, tenant, random.randint(1, 40)) < SIZE
    await services.programs[victim].kill()
    services.programs[victim].start()
    await services.ready()
    await all_ended_once(services, tenant, await sending, before)

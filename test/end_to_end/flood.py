"""Documents sent by a client that does not give up, and what must be left when all have ended."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx

from brickline.schemas import ROUTES, EventDeadLettered, EventDeferred
from end_to_end.api import Api, api_of
from end_to_end.rows import connected, rows_of, settled_by_group, waiting_in_outboxes
from end_to_end.stacks import Stack
from end_to_end.texts import note
from support.waiting import eventually

SIZE = 100
_ANNOUNCEMENTS = {EventDeadLettered.topic, EventDeferred.topic}
GROUPS = tuple(
    group_id for topic, groups in ROUTES.items() if topic not in _ANNOUNCEMENTS for group_id in groups
)
"""Every group that settles one event of each document that ends well."""


async def send_all(stack: Stack, tenant: str) -> list[dict[str, Any]]:
    """Send the documents, each again under its idempotency key until it is accepted."""
    async with api_of(stack, tenant) as api:
        return list(await asyncio.gather(*(_insist(api, number) for number in range(SIZE))))


async def _insist(api: Api, number: int) -> dict[str, Any]:
    async def accepted() -> dict[str, Any] | None:
        try:
            response = await api.post(note(number), headers={"Idempotency-Key": f"note-{number}"})
        except httpx.TransportError:
            return None
        assert response.status_code == 202, response.text
        return dict(response.json())

    return await eventually(accepted, 60, every_s=0.1)


async def reported(stack: Stack, tenant: str, at_least: int) -> int:
    """How many documents have their insights, once it is at least so many."""
    async with connected(stack.database_url) as connection:

        async def count() -> int:
            query = "select count(*) from reporting.documents where tenant = $1 and summary is not null"
            found: int = await connection.fetchval(query, tenant)
            return found if found >= at_least else 0

        return await eventually(count, 60, every_s=0.002)


async def all_ended_once(
    stack: Stack, tenant: str, accepted: Sequence[dict[str, Any]], settled_before: Counter[str]
) -> None:
    """Wait for the end of every document, and check that each has left its traces exactly once."""
    async with api_of(stack, tenant) as api:
        for one in accepted:
            await api.completed(one["job_id"], timeout_s=60)
        for number, one in enumerate(accepted):
            found = (await api.insights(one["document_id"])).json()
            assert found["title"] == f"Inspection report {number}"
            assert found["insights"]["summary"]
        assert (await api.read.get("/reports/themes")).json()["documents"] == SIZE

    async def nothing_waits() -> bool:
        return await waiting_in_outboxes(stack.database_url) == 0

    await eventually(nothing_waits, 30)  # a row sent twice is skipped by whoever has settled it
    assert await rows_of(stack.database_url, tenant) == {
        "ingestion.documents": SIZE,
        "ingestion.jobs": SIZE,
        "ingestion.idempotency_keys": SIZE,
        "analysis.analyses": SIZE,
        "analysis.analysis_parts": SIZE,
        "reporting.documents": SIZE,
    }
    settled = await settled_by_group(stack.database_url)
    assert settled - settled_before == dict.fromkeys(GROUPS, SIZE)

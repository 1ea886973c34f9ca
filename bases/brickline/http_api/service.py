"""The wiring of tier 0, for whatever database and bus it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from brickline.documents import MIGRATIONS as DOCUMENTS
from brickline.events import MIGRATIONS as EVENTS
from brickline.events import UNRELEASED, Bus, Consumer, EventRuntime, Release, Service
from brickline.http_api.documents import documents_router
from brickline.http_api.jobs import jobs_router
from brickline.jobs import MIGRATIONS as JOBS
from brickline.jobs import DocumentAnalysed, DocumentFailed, DocumentReported, DocumentWaiting
from brickline.persistence import Database
from brickline.schemas import DataProcessed
from brickline.telemetry import Health

SERVICE = Service(
    "ingestion",
    tier=0,
    consumers=(DocumentWaiting, DocumentAnalysed, DocumentReported, DocumentFailed),
    publishes=(DataProcessed,),
)


@asynccontextmanager
async def ingestion(
    database: Database, bus: Bus, health: Health, *, release: Release = UNRELEASED
) -> AsyncIterator[list[APIRouter]]:
    """Run the tier's relay and consumers; yield its routes."""
    for migrations in (EVENTS, DOCUMENTS, JOBS):
        await migrations.apply(database)
    runtime = EventRuntime(SERVICE, database, bus, release=release)
    consumers: list[Consumer[Any]] = [
        DocumentWaiting(),
        DocumentAnalysed(),
        DocumentReported(),
        DocumentFailed(),
    ]
    async with runtime.running(consumers, health):
        yield [documents_router(runtime), jobs_router(database)]

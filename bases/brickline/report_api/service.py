"""The wiring of tier 2, for whatever database and bus it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter

from brickline.events import MIGRATIONS as EVENTS
from brickline.events import UNRELEASED, Bus, EventRuntime, Release, Service
from brickline.persistence import Database
from brickline.report_api.reads import reads_router
from brickline.reporting import MIGRATIONS as REPORTING
from brickline.reporting import FailureRecorder, InsightsRecorder, ProgressRecorder
from brickline.telemetry import Health

SERVICE = Service(
    "reporting",
    tier=2,
    consumers=(ProgressRecorder, InsightsRecorder, FailureRecorder),
)


@asynccontextmanager
async def reporting(
    database: Database, bus: Bus, health: Health, *, release: Release = UNRELEASED
) -> AsyncIterator[list[APIRouter]]:
    """Run the tier's relay and consumers; yield its routes."""
    for migrations in (EVENTS, REPORTING):
        await migrations.apply(database)
    runtime = EventRuntime(SERVICE, database, bus, release=release)
    async with runtime.running([ProgressRecorder(), InsightsRecorder(), FailureRecorder()], health):
        yield [reads_router(database)]

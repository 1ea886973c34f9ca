"""All services in one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter

from brickline.embedded import EmbeddedPostgres
from brickline.events import UNRELEASED, Release
from brickline.http_api import SERVICE as INGESTION
from brickline.http_api import ingestion
from brickline.memory_bus import MemoryBus
from brickline.operator_api import operator_routers
from brickline.persistence import Database
from brickline.rabbit_worker import SERVICE as ANALYSIS
from brickline.rabbit_worker import analysis
from brickline.report_api import SERVICE as REPORTING
from brickline.report_api import reporting
from brickline.telemetry import Health


@asynccontextmanager
async def running_stack(
    postgres: EmbeddedPostgres, health: Health, models_file: Path | None, *, release: Release = UNRELEASED
) -> AsyncIterator[list[APIRouter]]:
    """Run every tier on one Postgres; yield all their routes."""
    bus = MemoryBus(paused=True)
    async with (
        Database.connect(postgres.dsn, schema=INGESTION.name) as for_ingestion,
        Database.connect(postgres.dsn, schema=ANALYSIS.name) as for_analysis,
        Database.connect(postgres.dsn, schema=REPORTING.name) as for_reporting,
        reporting(for_reporting, bus, health, release=release) as reads,
        analysis(for_analysis, bus, health, models_file, release=release),
        ingestion(for_ingestion, bus, health, release=release) as writes,
    ):
        bus.resume()
        databases = {
            INGESTION.name: for_ingestion,
            ANALYSIS.name: for_analysis,
            REPORTING.name: for_reporting,
        }
        yield [*writes, *reads, *operator_routers(databases)]

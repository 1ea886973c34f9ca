"""The three services in one process, each with its own schema, relay, inbox and dead letters."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from brickline.analysis import MIGRATIONS as ANALYSIS_TABLES
from brickline.documents import MIGRATIONS as DOCUMENTS_TABLES
from brickline.events import MIGRATIONS as EVENTS_TABLES
from brickline.events import Bus, Consumer, EventRuntime
from brickline.jobs import MIGRATIONS as JOBS_TABLES
from brickline.persistence import Database, Migrations
from brickline.reporting import MIGRATIONS as REPORTING_TABLES
from brickline.telemetry import Health

INGESTION, ANALYSIS, REPORTING = "ingestion", "analysis", "reporting"

_TABLES: Mapping[str, Sequence[Migrations]] = {
    INGESTION: (EVENTS_TABLES, DOCUMENTS_TABLES, JOBS_TABLES),
    ANALYSIS: (EVENTS_TABLES, ANALYSIS_TABLES),
    REPORTING: (EVENTS_TABLES, REPORTING_TABLES),
}


@dataclass(frozen=True, slots=True)
class Process:
    """A service that runs: what publishes for it, and what a probe of its readiness would ask."""

    runtime: EventRuntime
    health: Health


@asynccontextmanager
async def open_databases(dsn: str) -> AsyncIterator[Mapping[str, Database]]:
    """Yield the database of each service, its tables made."""
    async with AsyncExitStack() as stack:
        databases = {}
        for service, tables in _TABLES.items():
            databases[service] = await stack.enter_async_context(Database.connect(dsn, schema=service))
            for migrations in tables:
                await migrations.apply(databases[service])
        yield databases


@asynccontextmanager
async def running(database: Database, bus: Bus, consumers: Sequence[Consumer[Any]]) -> AsyncIterator[Process]:
    """Run one deployed version of a service, named by its schema; at the end it drains and is gone."""
    process = Process(EventRuntime(database.schema, database, bus), Health(database.schema))
    async with process.runtime.running(consumers, process.health):
        yield process

"""The wiring of tier 1, for whatever database and bus it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.analysis import MIGRATIONS as ANALYSIS
from brickline.analysis import AnalysisConsumer
from brickline.events import MIGRATIONS as EVENTS
from brickline.events import Bus, EventRuntime
from brickline.llm_providers import ExtractiveProvider
from brickline.llm_routing import LLMClient
from brickline.persistence import Database
from brickline.telemetry import Health

SERVICE = "analysis"


@asynccontextmanager
async def analysis(database: Database, bus: Bus, health: Health) -> AsyncIterator[None]:
    """Run the tier's relay and consumer."""
    for migrations in (EVENTS, ANALYSIS):
        await migrations.apply(database)
    runtime = EventRuntime(SERVICE, database, bus)
    consumer = AnalysisConsumer(LLMClient([ExtractiveProvider()]))
    async with runtime.running([consumer], health):
        yield

"""The wiring of tier 1, for whatever database and bus it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.analysis import MIGRATIONS as ANALYSIS
from brickline.analysis import AnalysisConsumer
from brickline.events import MIGRATIONS as EVENTS
from brickline.events import Bus, EventRuntime
from brickline.llm_providers import ExtractiveProvider
from brickline.llm_routing import MIGRATIONS as LLM_CALLS
from brickline.llm_routing import CallLog, LLMClient
from brickline.persistence import Database
from brickline.telemetry import Health

SERVICE = "analysis"


@asynccontextmanager
async def analysis(database: Database, bus: Bus, health: Health) -> AsyncIterator[None]:
    """Run the tier's relay and consumer."""
    for migrations in (EVENTS, LLM_CALLS, ANALYSIS):
        await migrations.apply(database)
    provider = ExtractiveProvider()
    await provider.warm_up()  # or the first document would wait for the library's import
    runtime = EventRuntime(SERVICE, database, bus)
    consumer = AnalysisConsumer(LLMClient([provider], log=CallLog(database)))
    async with runtime.running([consumer], health):
        yield

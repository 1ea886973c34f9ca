"""The wiring of tier 1, for whatever database and bus it is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from brickline.analysis import MIGRATIONS as ANALYSIS
from brickline.analysis import AnalysisConsumer
from brickline.embeddings import MIGRATIONS as EMBEDDINGS
from brickline.embeddings import SemanticIndex, WordLlamaEmbedder
from brickline.events import MIGRATIONS as EVENTS
from brickline.events import UNRELEASED, Bus, EventRuntime, Release, Service
from brickline.llm_providers import Providers
from brickline.llm_routing import LLM_MIGRATIONS, CatalogueFile, ModelPool, running_client
from brickline.persistence import Database
from brickline.telemetry import Health

SERVICE = Service(
    "analysis",
    tier=1,
    consumers=(AnalysisConsumer,),
)

_MARGIN_S = 20.0


@asynccontextmanager
async def analysis(
    database: Database,
    bus: Bus,
    health: Health,
    models_file: Path | None = None,
    *,
    release: Release = UNRELEASED,
) -> AsyncIterator[None]:
    """Run the tier's relay and consumer, with the models of `models_file`."""
    for migrations in (EVENTS, *LLM_MIGRATIONS, EMBEDDINGS, ANALYSIS):
        await migrations.apply(database)
    pool = ModelPool(CatalogueFile(models_file), Providers())
    similar = SemanticIndex(database, WordLlamaEmbedder())
    runtime = EventRuntime(SERVICE, database, bus, release=release)
    async with (
        running_client(database, pool, similar) as llm,
        runtime.running([AnalysisConsumer(llm)], health, drain_s=pool.longest_call_s() + _MARGIN_S),
    ):
        health.add("models", pool.check)
        yield

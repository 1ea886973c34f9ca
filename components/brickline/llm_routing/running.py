"""A client with everything it shares with the clients of other workers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.budget import MIGRATIONS as BUDGET
from brickline.budget import Ledger
from brickline.llm_routing.asking.alike import SimilarTexts
from brickline.llm_routing.asking.client import LLMClient
from brickline.llm_routing.gauges import Gauges
from brickline.llm_routing.models.pool import ModelPool
from brickline.llm_routing.states.states import ModelStates
from brickline.persistence import Database, DatabaseUnavailable, Migrations
from brickline.telemetry import METRICS, get_logger

LLM_MIGRATIONS = (BUDGET, Migrations(__package__))
"""The tables of budgets and the ledger, then those of models: apply them in this order."""

_log = get_logger(__name__)

_SWEEP_EVERY_S = 5.0
_LOOK_EVERY_S = 1.0


@asynccontextmanager
async def running_client(
    database: Database, pool: ModelPool, similar: SimilarTexts | None = None
) -> AsyncIterator[LLMClient]:
    """Yield a client whose calls are accounted for in `database`, where workers share what they know.

    While it runs, it follows the states of the models and sweeps what dead workers left in the ledger.
    """
    ledger, states = Ledger(database), ModelStates(database)
    await pool.warm_up()  # or the first document would wait for a library's import
    gauges = Gauges(database, pool, states)
    async with states.running():
        tasks = [
            asyncio.create_task(_sweep(ledger), name="sweep the ledger"),
            asyncio.create_task(_follow(pool), name="follow the models file"),
        ]
        try:
            with METRICS.sampled(database.schema, gauges.read):
                yield LLMClient(pool, ledger=ledger, states=states, similar=similar)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await pool.aclose()


async def _follow(pool: ModelPool) -> None:
    """Look at the models file while nobody asks, so that the first call after an edit goes by the edit."""
    while True:
        pool.current()
        await asyncio.sleep(_LOOK_EVERY_S)


async def _sweep(ledger: Ledger) -> None:
    while True:
        await asyncio.sleep(_SWEEP_EVERY_S)
        try:
            swept = await ledger.sweep()
        except DatabaseUnavailable:
            continue  # readiness tells
        except Exception:
            _log.exception("llm.not_swept")
            continue
        if swept.released or swept.ambiguous:
            _log.warning("llm.swept", released=swept.released, ambiguous=swept.ambiguous)

"""What money and models stand at, looked up when somebody asks for a service's metrics."""

from datetime import UTC, datetime

from brickline.budget import Budgets, Ledger
from brickline.llm_routing.models.pool import ModelPool
from brickline.llm_routing.states.states import States
from brickline.persistence import Database
from brickline.telemetry import Reading, SampledGauge

_LIMIT = SampledGauge("brickline_budget_limit_dollars", "A limit; those of tenants are not shown.")
_SPENT = SampledGauge("brickline_budget_spent_dollars", "What its window of now has spent.")
_HELD = SampledGauge("brickline_budget_held_dollars", "What calls in hand, and those in doubt, may yet cost.")
_DOUBTS = SampledGauge(
    "brickline_llm_calls_in_doubt", "Calls that may have been billed, and nobody has resolved."
)
_DOUBTED = SampledGauge("brickline_llm_in_doubt_dollars", "What is held for them.")
_USABLE = SampledGauge(
    "brickline_llm_model_usable", "0 while the model cannot be used, or its breaker is open, else 1."
)
_MICROS = 1_000_000


class Gauges:
    """Samples the budgets and models of one service."""

    def __init__(self, database: Database, pool: ModelPool, states: States) -> None:
        self._service = database.schema
        self._budgets, self._ledger = Budgets(database), Ledger(database)
        self._pool = pool
        self._states = states

    async def read(self) -> list[Reading]:
        """Look up all of it. Raises what the database raises."""
        calls, held_micros = await self._ledger.doubts()
        return [
            _DOUBTS.reads(calls, service=self._service),
            _DOUBTED.reads(held_micros / _MICROS, service=self._service),
            *await self._limits(),
            *self._models(),
        ]

    async def _limits(self) -> list[Reading]:
        return [
            gauge.reads(micros / _MICROS, service=self._service, scope=str(line.scope), window=line.period)
            for line in await self._budgets.show()
            if line.scope.kind != "tenant"
            for gauge, micros in (
                (_LIMIT, line.limit_micros),
                (_SPENT, line.spent_micros),
                (_HELD, line.held_micros),
            )
        ]

    def _models(self) -> list[Reading]:
        problems, snapshot, now = self._pool.problems(), self._states.snapshot, datetime.now(UTC)
        broken = {name for name, state in snapshot.items() if state.open_until and state.open_until > now}
        return [
            _USABLE.reads(
                model.name not in problems and model.name not in broken,
                service=self._service,
                model=model.name,
            )
            for model in self._pool.current().models
        ]

"""`LLMClient.generate` with a mock provider: with its ledger and limits in Postgres, or without account."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7

from benchmarks.llm.calls import ANSWER, INSTRUCTIONS, MAX_OUTPUT_TOKENS, Calls, timed
from benchmarks.program import answer
from brickline.budget import Budgets, Ledger, Period, Scope, State
from brickline.llm_routing import (
    LLM_MIGRATIONS,
    Capability,
    LLMClient,
    Model,
    ModelPool,
    ProviderKind,
    ProviderRequest,
    ProviderResponse,
    Task,
    Usage,
    running_client,
)
from brickline.persistence import Database

_TENANT = "benchmark"
_PRICE = Decimal(1)  # micro-dollars per token
_USAGE = Usage(300, 12)
_COST = 312
_LIMIT = 10**12
_NO_ACCOUNT = {"account": "none"}
_ACCOUNT = {
    "account": "ledger in Postgres; every call paid for, reserved, dispatched and settled, both on the disk",
    "limits": "overall, of the tenant, of each model; hour",
    "cache": "on, no text twice",
    "states": "shared: latencies, breakers",
}


class Mood(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(frozen=True)

    word: str = Field(max_length=20)
    strength: int = Field(ge=0, le=10)


@dataclass(frozen=True, slots=True)
class _Call:
    event_id: UUID
    tenant: str = _TENANT
    step: str = "mood"
    trace_id: str = "b" * 32


@dataclass(frozen=True, slots=True)
class _Mock:
    name: str
    model: str

    async def complete(self, request: ProviderRequest) -> ProviderResponse:
        return ProviderResponse(ANSWER, self.model, _USAGE)


async def _run(calls: Calls) -> None:
    models = [_model(number) for number in range(calls.models)]
    pool = ModelPool.fixed([(model, _Mock(model.name, model.model)) for model in models])
    task = Task("mood", 1, INSTRUCTIONS, Mood, MAX_OUTPUT_TOKENS)
    async with _client(pool, models, calls) as client:

        async def ask(text: str) -> str:
            return (await client.generate(task, text, _Call(uuid7()))).word

        taken = await timed(ask, calls)
    answer(
        counted=calls.each,
        seconds=taken.at_once,
        marks=taken.one_by_one,
        settings={
            "call": "LLMClient.generate, mock provider",
            "models": calls.models,
            **(_ACCOUNT if calls.database_url else _NO_ACCOUNT),
            "answer": "validated by pydantic",
        },
        packages=("pydantic", "asyncpg"),
    )


def _model(number: int) -> Model:
    return Model(
        f"small-{number}",
        ProviderKind.OPENAI_COMPATIBLE,
        "gpt-4o-mini",
        input_price=_PRICE,
        output_price=_PRICE,
        context_tokens=128_000,
        base_url=f"http://127.0.0.1:{9000 + number}/v1",
        capabilities=frozenset(Capability),
    )


@asynccontextmanager
async def _client(pool: ModelPool, models: list[Model], calls: Calls) -> AsyncIterator[LLMClient]:
    if calls.database_url is None:
        yield LLMClient(pool)
        return
    async with Database.connect(calls.database_url, schema=calls.schema, pool_size=calls.at_once) as database:
        for migrations in LLM_MIGRATIONS:
            await migrations.apply(database)
        for scope in (Scope.overall(), Scope.tenant(_TENANT), *(Scope.model(each.name) for each in models)):
            await Budgets(database).set_limit(scope, Period.HOUR, _LIMIT)
        started = datetime.now(UTC)
        async with running_client(database, pool) as client:
            yield client
        await _check(database, started, calls.total)


async def _check(database: Database, since: datetime, expected: int) -> None:
    """See that the account is complete: without it the speed means nothing."""
    totals = await Ledger(database).totals(since)
    found = {(each.state, each.entries, each.cost_micros, each.held_micros) for each in totals}
    if found != {(State.SETTLED, expected, expected * _COST, 0)}:
        raise RuntimeError(f"{expected} calls at {_COST} micro-dollars are in the ledger as {totals}")


if __name__ == "__main__":
    asyncio.run(_run(Calls.from_arguments()))

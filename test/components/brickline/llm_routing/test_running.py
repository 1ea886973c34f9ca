"""A client that runs: what it looks after, and what it lets be seen."""

from brickline.budget import Budgets, Ledger, Period, Scope, State, Wish
from brickline.llm_routing import LLM_MIGRATIONS, running_client
from brickline.persistence import Database
from brickline.telemetry import METRICS
from support.asking import CALM, MOOD, TEXT, Scripted, StepCall, model_named, pool_of
from support.waiting import eventually


async def prepared(database: Database) -> None:
    for migrations in LLM_MIGRATIONS:
        await migrations.apply(database)


async def test_limits_calls_in_doubt_and_models_can_be_watched_and_no_tenant_shows(
    database: Database,
) -> None:
    await prepared(database)
    await Budgets(database).set_limit(Scope.overall(), Period.DAY, 5_000_000)
    await Budgets(database).set_limit(Scope.tenant("acme"), Period.DAY, 5_000_000)
    ledger = Ledger(database)
    call = StepCall(tenant="acme")
    wish = Wish("acme", call.event_id, "step", 1, call.trace_id, "scripted", 2500, None)
    await ledger.doubt((await ledger.open(wish, 60)).entry_id, outcome="unavailable")
    async with running_client(database, pool_of((model_named(usd_per_mtok="2"), Scripted(CALM)))) as client:
        await client.answer(MOOD, TEXT, call)
        said = (await METRICS.scrape()).decode()
    assert 'brickline_llm_calls_in_doubt{service="analysis"} 1.0' in said
    assert 'brickline_llm_in_doubt_dollars{service="analysis"} 0.0025' in said
    limit = 'brickline_budget_limit_dollars{scope="overall",service="analysis",window="day"} 5.0'
    assert limit in said
    assert 'brickline_llm_model_usable{model="scripted",service="analysis"} 1.0' in said
    assert "acme" not in said


async def test_what_a_dead_worker_left_is_swept(database: Database) -> None:
    await prepared(database)
    ledger, call = Ledger(database), StepCall()
    wish = Wish("acme", call.event_id, "step", 1, call.trace_id, "scripted", 2500, None)
    await ledger.open(wish, 0)
    async with running_client(database, pool_of(Scripted(CALM))):

        async def swept() -> bool:
            return [entry.state for entry in await ledger.ambiguous()] == [State.AMBIGUOUS]

        await eventually(swept, 15)

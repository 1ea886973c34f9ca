"""Every call of a model can be read back: for whom, of which model, how long it took and how it ended."""

from hashlib import sha256
from importlib.resources import files
from uuid import UUID

import pytest

from brickline.budget import Ledger
from brickline.llm_routing import LLM_MIGRATIONS, LLMError, ProviderRefused, ProviderUnavailable, read_calls
from brickline.persistence import Database, Migrations
from support.asking import CALM, MOOD, TEXT, Scripted, StepCall, client_of, model_named

CALL = StepCall(tenant="acme", event_id=UUID(int=7), step="naming")

_OLD_CALL = """
insert into llm_calls (
    tenant, trace_id, event_id, step, task, provider, model, outcome, detail, began_at, duration_ms,
    input_tokens, output_tokens
) values ('acme', $1, $2, 'naming', 'mood', 'extractive', 'm', 'answered', null, now(), 12.5, 3, $3)
"""


async def test_a_model_that_was_passed_over_and_the_one_that_answered_are_both_kept(
    database: Database, ledger: Ledger
) -> None:
    busy = Scripted(ProviderUnavailable("busy", "too many requests"), name="busy")
    await client_of(busy, Scripted(CALM), ledger=ledger).generate(MOOD, TEXT, CALL)
    first, second = await read_calls(database, CALL.trace_id)
    assert (first.model, first.outcome, first.input_tokens) == ("busy-1", "unavailable", 0)
    assert first.detail is not None
    assert "too many requests" in first.detail
    assert (second.model, second.outcome, second.detail) == ("scripted-1", "answered", None)
    assert (second.tenant, second.event_id, second.step, second.attempt) == (
        "acme",
        CALL.event_id,
        "naming",
        2,
    )
    assert (second.task, second.input_tokens, second.output_tokens) == ("mood", 7, 3)
    assert second.duration_ms >= 0
    assert second.ended_at >= second.began_at


async def test_a_paid_call_tells_its_cost(database: Database, ledger: Ledger) -> None:
    paid = (model_named(usd_per_mtok="2"), Scripted(CALM))
    await client_of(paid, ledger=ledger).generate(MOOD, TEXT, CALL)
    (call,) = await read_calls(database, CALL.trace_id)
    assert (call.state, call.cost_micros, call.held_micros) == ("settled", 20, 0)


async def test_a_call_in_doubt_tells_what_is_held(database: Database, ledger: Ledger) -> None:
    lost = ProviderUnavailable("scripted", "it broke", maybe_billed=True)
    with pytest.raises(LLMError):
        await client_of((model_named(usd_per_mtok="2"), Scripted(lost)), ledger=ledger).generate(
            MOOD, TEXT, CALL
        )
    (call,) = await read_calls(database, CALL.trace_id)
    assert (call.state, call.outcome, call.cost_micros) == ("ambiguous", "unavailable", 0)
    assert call.held_micros > 1000


async def test_what_a_provider_says_is_kept_as_far_as_postgres_can(
    database: Database, ledger: Ledger
) -> None:
    nasty = ProviderRefused("scripted", "no\x00 \ud800" + "x" * 5000)
    with pytest.raises(ProviderRefused):
        await client_of(Scripted(nasty), ledger=ledger).generate(MOOD, TEXT, CALL)
    (call,) = await read_calls(database, CALL.trace_id)
    assert call.detail is not None
    assert call.detail.startswith("scripted refused: no\N{REPLACEMENT CHARACTER} ?x")
    assert len(call.detail) == 2000


async def test_calls_that_an_older_version_kept_are_in_the_ledger_now(database_url: str) -> None:
    budget, routing = LLM_MIGRATIONS
    async with Database.connect(database_url, schema="old") as database:
        async with database.connection() as connection:
            await connection.execute(_sql(routing, "0001_llm_calls.sql"))
            for number in (1, 2):
                await connection.execute(_OLD_CALL, CALL.trace_id, CALL.event_id, number)
        await budget.apply(database)
        await _pretend_applied(database, routing, "0001_llm_calls.sql")
        await routing.apply(database)
        calls = await read_calls(database, CALL.trace_id)
    assert [(call.attempt, call.output_tokens, call.model) for call in calls] == [(1, 1, "m"), (2, 2, "m")]
    assert calls[0].duration_ms == pytest.approx(12.5)


def _sql(migrations: Migrations, name: str) -> str:
    return (files(migrations.package) / "migrations" / name).read_text("utf-8")


async def _pretend_applied(database: Database, migrations: Migrations, name: str) -> None:
    async with database.connection() as connection:
        await connection.execute(
            "insert into schema_migrations (package, name, checksum) values ($1, $2, $3)",
            migrations.package,
            name,
            sha256(_sql(migrations, name).encode()).hexdigest(),
        )

"""What the past would have cost under other weights."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from brickline.budget import Entry, Ledger, State
from brickline.llm_routing import (
    Catalogue,
    Figures,
    Model,
    ModelState,
    ProviderResponse,
    ProviderUnavailable,
    Routing,
    Usage,
    Weights,
    explain,
    route,
    simulate,
)
from brickline.llm_routing.asking.question import overhead_tokens
from brickline.llm_routing.choosing.decision import Candidate
from brickline.llm_routing.choosing.router import rerank
from brickline.llm_routing.choosing.simulation import Simulation
from support.asking import CALM, MOOD, TEXT, Scripted, StepCall, client_of, model_named

NOW = datetime.now(UTC)
GOOD = replace(model_named("good", usd_per_mtok="10"), quality={"mood": 0.9})
CHEAP = replace(model_named("cheap", usd_per_mtok="1"), quality={"mood": 0.5})
BY_QUALITY = Weights(cost=0, latency=0, quality=1)
BY_COST = Weights(cost=1, latency=0, quality=0)


def decided(
    *models: Model, weights: Weights = BY_QUALITY, latencies: dict[str, float] | None = None
) -> dict[str, Any]:
    """A decision as it is stored."""
    states = {name: ModelState(latency_s=seconds) for name, seconds in (latencies or {}).items()}
    return route(MOOD, 5000, Catalogue(Routing(weights), models), states, {}, NOW).as_note()


def answered(model: Model, decision: object, *, seconds: float = 1.0, **changes: Any) -> Entry:
    """A call of 1,000 and 100 tokens."""
    entry = Entry(
        entry_id=1,
        tenant="acme",
        event_id=uuid4(),
        step="mood",
        attempt=1,
        trace_id="ab" * 16,
        model=model.name,
        state=State.SETTLED,
        outcome="answered",
        reserved_micros=0,
        cost_micros=model.cost_micros(1000, 100),
        saved_micros=0,
        fingerprint=None,
        note={"decision": decision, "seconds": seconds, "input_tokens": 1000, "output_tokens": 100},  # type: ignore[dict-item]
        result=None,
        opened_at=NOW,
        dispatched_at=NOW,
        closed_at=NOW,
        expires_at=NOW,
        reused=0,
    )
    return replace(entry, **changes)


def simulated(weights: Weights, *entries: Entry) -> Any:
    simulation = Simulation(weights)
    for entry in entries:
        simulation.add(entry)
    return simulation.result(NOW)


def test_under_the_weights_of_then_nothing_changes() -> None:
    entry = answered(GOOD, decided(GOOD, CHEAP, latencies={"good": 2.0}))
    found = simulated(BY_QUALITY, entry, entry)
    assert found.before == found.after == Figures(22_000, 1.0, 0.9)
    assert (found.calls, found.moves) == (2, {})


def test_a_call_that_moves_is_priced_with_the_tokens_it_took() -> None:
    entry = answered(GOOD, decided(GOOD, CHEAP, latencies={"cheap": 0.25}), seconds=2.0)
    found = simulated(BY_COST, entry)
    assert found.before == Figures(11_000, 2.0, 0.9)
    assert found.after == Figures(1_100, 0.25, 0.5)
    assert found.moves == {("good", "cheap"): 1}
    assert (found.estimated, found.without_latency, found.skipped) == (0, 0, 0)


def test_what_was_passed_over_then_is_passed_over_again() -> None:
    """The better model had failed, or its money was spent."""
    entry = answered(CHEAP, decided(GOOD, CHEAP))
    for weights in (BY_QUALITY, BY_COST):
        found = simulated(weights, entry)
        assert (found.before, found.moves) == (found.after, {})


def test_unmetered_tokens_are_priced_as_was_expected() -> None:
    decision = decided(GOOD, CHEAP)
    expected = next(each for each in decision["ranking"] if each["name"] == "cheap")["expected"]
    entry = answered(GOOD, decision, note={"decision": decision})
    found = simulated(BY_COST, entry)
    assert (found.after.cost_micros, found.estimated) == (expected, 1)


def test_a_latency_that_nobody_knew_is_what_the_calls_show_or_is_left_out() -> None:
    moves = answered(GOOD, decided(GOOD, CHEAP), seconds=4.0)
    lonely = simulated(BY_COST, moves)
    assert (lonely.before.latency_s, lonely.after.latency_s, lonely.without_latency) == (None, None, 1)
    seen = [answered(CHEAP, decided(CHEAP), seconds=seconds) for seconds in (0.5, 1.5)]
    found = simulated(BY_COST, moves, *seen)
    assert (found.before.latency_s, found.after.latency_s) == (2.0, 1.0)
    assert found.without_latency == 0


@pytest.mark.parametrize(
    "decision",
    [None, {}, {"task": 1}, decided(CHEAP), "text"],
    ids=["none", "empty", "broken", "other", "text"],
)
def test_calls_that_do_not_tell_how_they_were_decided_are_counted_and_skipped(decision: object) -> None:
    found = simulated(BY_COST, answered(GOOD, decision))
    assert (found.calls, found.skipped, found.before) == (0, 1, Figures(0, None, None))


@pytest.mark.parametrize(
    "changes",
    [{"outcome": "invalid"}, {"outcome": "cached"}, {"state": State.AMBIGUOUS, "outcome": "expired"}],
)
def test_only_answered_calls_are_looked_at(changes: dict[str, Any]) -> None:
    found = simulated(BY_COST, answered(GOOD, decided(GOOD, CHEAP), **changes))
    assert (found.calls, found.skipped) == (0, 0)


async def test_calls_are_read_from_the_ledger_and_progress_is_told(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brickline.llm_routing.choosing.simulation._TELL_EVERY", 2)
    usage = Usage(1000, 100)
    good = Scripted(ProviderResponse(CALM, "good-1", usage), name="good")
    cheap = Scripted(ProviderResponse(CALM, "cheap-1", usage), name="cheap")
    client = client_of((GOOD, good), (CHEAP, cheap), ledger=ledger)
    for number in range(3):
        await client.answer(MOOD, f"{TEXT} {number}", StepCall())
    busy = client_of(
        (GOOD, Scripted(ProviderUnavailable("good", "HTTP 503"), name="good")), (CHEAP, cheap), ledger=ledger
    )
    await busy.answer(MOOD, "another", StepCall())
    told: list[tuple[int, int]] = []
    since = NOW - timedelta(hours=1)
    found = await simulate(ledger, since, BY_COST, lambda read, total: told.append((read, total)))
    assert (found.calls, found.moves) == (4, {("good", "cheap"): 3})
    assert (found.before.cost_micros, found.after.cost_micros) == (3 * 11_000 + 1_100, 4 * 1_100)
    assert told == [(2, 5), (4, 5)]


def ranked(*names: str) -> tuple[Candidate, ...]:
    models = [replace(model_named(name), quality={"mood": 0.5}) for name in names]
    return route(MOOD, 100, Catalogue(Routing(), tuple(models)), {}, {}, NOW).ranking


def test_ranking_again_keeps_the_order_of_equals_and_gives_the_scores_of_the_weights() -> None:
    same = rerank(ranked("a", "b", "c"), Weights(1, 1, 1))
    assert [each.model.name for each in same] == ["a", "b", "c"]
    decision = route(MOOD, 5000, Catalogue(Routing(BY_QUALITY), (GOOD, CHEAP)), {}, {}, NOW)
    again = rerank(decision.ranking, Weights(0.5, 0.2, 0.3))
    whole = route(MOOD, 5000, Catalogue(Routing(Weights(0.5, 0.2, 0.3)), (GOOD, CHEAP)), {}, {}, NOW)
    assert again == whole.ranking
    assert rerank((), BY_COST) == ()


def test_explaining_counts_a_token_of_text_as_four_bytes_beside_the_rest_of_the_request() -> None:
    catalogue = Catalogue(Routing(), (GOOD,))
    decision = explain(MOOD, 1200, catalogue, {}, {"good": "no key"}, NOW)
    assert decision.input_tokens == overhead_tokens(MOOD) + 4800
    assert [(each.name, each.reason) for each in decision.exclusions] == [("good", "no key")]
    (candidate,) = explain(MOOD, 1200, catalogue, {}, {}, NOW).ranking
    bound = Decimal(10) * (decision.input_tokens + MOOD.max_output_tokens)
    assert candidate.cost_micros == bound

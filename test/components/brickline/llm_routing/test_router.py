"""Which models are ranked for a task, in which order, and why others are not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from brickline.llm_routing import (
    DEFAULT_CATALOGUE,
    Capability,
    Catalogue,
    Decision,
    ExclusionKind,
    InvalidCatalogue,
    Model,
    ModelState,
    ProviderKind,
    Routing,
    Task,
    Weights,
    route,
)
from support.ranking import NOW, Number

TASK = Task("insights", 1, "Count.", Number, max_output_tokens=100)
PLAIN = Model(
    "plain",
    ProviderKind.OPENAI,
    "plain-1",
    input_price=Decimal("0.5"),
    output_price=Decimal("2"),
    context_tokens=10_000,
    capabilities=frozenset(Capability),
)


def decide(
    *models: Model,
    task: Task[Number] = TASK,
    tokens: int = 1000,
    weights: Weights | None = None,
    states: Mapping[str, ModelState] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Decision:
    routing = Routing() if weights is None else Routing(weights)
    return route(task, tokens, Catalogue(routing, models), states or {}, problems or {}, NOW)


def named(name: str, **changes: object) -> Model:
    return replace(PLAIN, name=name, **changes)  # type: ignore[arg-type]  # of whatever field


def order(decision: Decision) -> list[str]:
    return [candidate.model.name for candidate in decision.ranking]


def test_the_weights_decide_what_counts() -> None:
    cheap = named("cheap", input_price=Decimal(0), quality={"insights": 0.1})
    good = named("good", quality={"insights": 0.9})
    states = {
        "cheap": ModelState(latency_s=3),
        "good": ModelState(latency_s=2),
        "fast": ModelState(latency_s=1),
    }
    models = (cheap, good, named("fast"))
    assert order(decide(*models, weights=Weights(1, 0, 0), states=states))[0] == "cheap"
    assert order(decide(*models, weights=Weights(0, 1, 0), states=states)) == ["fast", "good", "cheap"]
    assert order(decide(*models, weights=Weights(0, 0, 1), states=states))[0] == "good"


def test_a_candidate_shows_how_its_score_came_about() -> None:
    dear = named("dear", input_price=Decimal(1), output_price=Decimal(4), quality={"insights": 0.9})
    states = {"plain": ModelState(latency_s=1), "dear": ModelState(latency_s=4)}
    first, second = decide(PLAIN, dear, weights=Weights(5, 2, 3), states=states).ranking
    assert first.model is PLAIN
    assert first.cost_micros == 1000 * 0.5 + 100 * 2
    assert first.expected_cost_micros == 250 * 0.5 + 50 * 2
    assert first.parts == pytest.approx((0.5 * 0.5, 0.2 * 0.75, 0.3 * 0.5))
    assert second.parts == pytest.approx((0, 0, 0.3 * 0.9))
    assert (first.score, second.score) == pytest.approx((0.55, 0.27))


def test_free_models_and_those_that_take_no_time_have_the_best_score() -> None:
    free = named("free", input_price=Decimal(0), output_price=Decimal(0), quality={"insights": 1})
    (candidate,) = decide(free, states={"free": ModelState(latency_s=0)}).ranking
    assert (candidate.score, candidate.cost_micros) == (1, 0)


def test_a_model_without_a_known_latency_counts_as_one_in_the_middle() -> None:
    models = [named(name) for name in ("slow", "new", "middle", "fast")]
    states = {name: ModelState(latency_s=s) for name, s in (("slow", 9), ("middle", 3), ("fast", 1))}
    decision = decide(*models, weights=Weights(0, 1, 0), states=states)
    assert order(decision) == ["fast", "new", "middle", "slow"]
    assert decision.ranking[1].latency_s is None


def test_a_quality_that_is_not_stated_is_middling_and_that_of_extracts_poor() -> None:
    (extractive,) = DEFAULT_CATALOGUE.models
    other = replace(TASK, name="other")
    ranking = decide(named("any"), extractive, task=other, weights=Weights(0, 0, 1)).ranking
    assert [candidate.quality for candidate in ranking] == [0.5, 0.2]


def test_equal_models_keep_the_order_of_the_catalogue() -> None:
    names = ["b", "c", "a"]
    assert order(decide(*(named(name) for name in names))) == names


@pytest.mark.parametrize(
    ("model", "kind", "reason"),
    [
        (named("m", capabilities=frozenset({Capability.JSON_SCHEMA})), "capability", "needs: instructions"),
        (named("m", quality={"insights": 0.39}), "quality", "0.39 is below the task's floor of 0.4"),
        (named("m", context_tokens=1099), "context", "up to 1100 tokens do not fit its context of 1099"),
    ],
)
def test_a_model_that_cannot_do_the_task_is_left_out_with_the_reason(
    model: Model, kind: ExclusionKind, reason: str
) -> None:
    task = replace(TASK, quality_floor=0.4, needs=frozenset({Capability.INSTRUCTIONS}))
    decision = decide(model, named("fit", quality={"insights": 0.4}, context_tokens=1100), task=task)
    assert order(decision) == ["fit"]
    (excluded,) = decision.exclusions
    assert (excluded.name, excluded.kind, excluded.until) == ("m", kind, None)
    assert reason in excluded.reason


def test_a_model_with_a_problem_is_left_out_with_it_whatever_its_state() -> None:
    states = {"m": ModelState(open_until=NOW + timedelta(seconds=5))}
    decision = decide(named("m"), states=states, problems={"m": "the variable KEY is not set"})
    (excluded,) = decision.exclusions
    assert (excluded.kind, excluded.reason, excluded.until) == (
        "problem",
        "the variable KEY is not set",
        None,
    )


def test_a_model_whose_breaker_is_open_or_that_is_throttled_is_left_out_until_then() -> None:
    soon, later = NOW + timedelta(seconds=5), NOW + timedelta(seconds=9)
    states = {
        "open": ModelState(open_until=soon, reason="HTTP 500"),
        "throttled": ModelState(throttled_until=later, reason="HTTP 429"),
        "both": ModelState(open_until=soon, throttled_until=later),
    }
    decision = decide(*(named(name) for name in states), states=states)
    assert [(each.kind, each.until) for each in decision.exclusions] == [
        ("breaker", soon),
        ("throttled", later),
        ("breaker", later),
    ]
    assert decision.exclusions[0].reason == "its breaker is open: HTTP 500"
    assert decision.exclusions[1].reason == "its provider asked to wait: HTTP 429"


def test_a_half_open_breaker_and_a_throttle_that_is_over_are_no_hindrance() -> None:
    states = {"plain": ModelState(open_until=NOW, throttled_until=NOW - timedelta(seconds=1))}
    assert order(decide(PLAIN, states=states)) == ["plain"]


def test_the_most_a_provider_lets_an_answer_have_bounds_cost_and_context() -> None:
    capped = named("capped", max_output_tokens=40, context_tokens=1040)
    (candidate,) = decide(capped).ranking
    assert candidate.cost_micros == 1000 * 0.5 + 40 * 2
    assert candidate.expected_cost_micros == 250 * 0.5 + 20 * 2


def test_without_models_there_is_nothing_to_rank() -> None:
    assert decide() == Decision("insights", 1000, (), ())


def test_costs_are_exact_and_rounded_up() -> None:
    model = named("m", input_price=Decimal("0.1"), output_price=Decimal("0.0000001"))
    assert model.cost_micros(10, 0) == 1
    assert model.cost_micros(10, 1) == 2
    assert model.cost_micros(3, 0) == 1
    assert model.cost_micros(0, 0) == 0
    assert model.cost_micros(10**15, 10**7) == 10**14 + 1


@pytest.mark.parametrize("price", ["-0.1", "NaN", "Infinity", "1000001", "1E-19", "1E+999999"])
def test_a_model_with_a_price_that_bounds_nothing_cannot_be_made(price: str) -> None:
    with pytest.raises(InvalidCatalogue, match="model 'm': output_price is"):
        named("m", output_price=Decimal(price))


@pytest.mark.parametrize("quality", [-0.1, 1.1, float("nan")])
def test_a_model_with_a_quality_that_ranks_nothing_cannot_be_made(quality: float) -> None:
    with pytest.raises(InvalidCatalogue, match="model 'm': quality for insights is"):
        named("m", quality={"insights": quality})


@pytest.mark.parametrize(
    "weights", [(-1, 0, 1), (0, 0, 0), (float("nan"), 1, 1), (float("inf"), 0, 0), (0, 1001, 0)]
)
def test_weights_that_rank_nothing_cannot_be_made(weights: tuple[float, float, float]) -> None:
    with pytest.raises(InvalidCatalogue, match="weight"):
        Weights(*weights)


def test_models_can_be_keys_and_equal_models_are_the_same_key() -> None:
    assert {named("m", quality={"a": 1}): 1}[named("m", quality={"a": 1})] == 1
    assert named("m", quality={"a": 1}) != named("m", quality={"a": 0.5})


def test_a_decision_is_read_back_from_its_note() -> None:
    until = NOW + timedelta(seconds=5)
    decision = decide(
        PLAIN,
        replace(DEFAULT_CATALOGUE.models[0], capabilities=frozenset()),
        named("throttled"),
        states={"plain": ModelState(latency_s=0.25), "throttled": ModelState(throttled_until=until)},
    )
    note = json.loads(json.dumps(decision.as_note()))
    read = Decision.from_note(note)
    assert read.as_note() == decision.as_note()
    assert read.exclusions == decision.exclusions
    for before, after in zip(decision.ranking, read.ranking, strict=True):
        assert replace(after, model=before.model) == before
        assert after.model.name == before.model.name
        assert after.model.cost_micros(77, 33) == before.model.cost_micros(77, 33)


def test_a_note_does_not_say_where_a_model_is_or_what_its_key_is_called() -> None:
    secretive = named("m", base_url="http://10.1.2.3/v1", api_key_env="HIDDEN_KEY")
    note = json.dumps(decide(secretive).as_note())
    assert "10.1.2.3" not in note
    assert "HIDDEN_KEY" not in note


def test_what_is_no_note_of_a_decision_is_an_error() -> None:
    with pytest.raises(ValueError, match="tokens"):
        Decision.from_note({"task": "insights"})

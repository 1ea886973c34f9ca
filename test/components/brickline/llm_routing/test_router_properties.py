"""What holds of every ranking."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from brickline.llm_routing import (
    Capability,
    Catalogue,
    Decision,
    Model,
    ModelState,
    ProviderKind,
    Routing,
    Task,
    Weights,
    route,
)
from support.ranking import NOW, Number

TASK = Task(
    "t",
    1,
    "Count.",
    Number,
    max_output_tokens=500,
    quality_floor=0.2,
    needs=frozenset({Capability.JSON_SCHEMA}),
)
PRICES = st.decimals(0, 1000, places=3)
SHARES = st.floats(0, 1)
TIMES = st.one_of(st.none(), st.integers(-60, 60).map(lambda seconds: NOW + timedelta(seconds=seconds)))
LATENCIES = st.one_of(st.none(), st.floats(0, 1e6))
STATES = st.builds(ModelState, latency_s=LATENCIES, open_until=TIMES, throttled_until=TIMES)
WEIGHT = st.one_of(st.just(0.0), st.floats(1e-6, 1000))
WEIGHTS = st.tuples(WEIGHT, WEIGHT, WEIGHT).filter(any).map(lambda weights: Weights(*weights))
MODELS = st.lists(
    st.builds(
        Model,
        st.just(""),
        st.sampled_from(ProviderKind),
        st.just("id"),
        input_price=PRICES,
        output_price=PRICES,
        context_tokens=st.integers(1, 5000),
        quality=st.one_of(st.just({}), SHARES.map(lambda quality: {"t": quality})),
        capabilities=st.frozensets(st.sampled_from(Capability)),
        max_output_tokens=st.one_of(st.none(), st.integers(1, 1000)),
    ),
    max_size=12,
).map(lambda models: tuple(replace(model, name=f"m{number}") for number, model in enumerate(models)))
TOKENS = st.integers(0, 6000)


def decide(
    models: Sequence[Model],
    weights: Weights,
    tokens: int,
    states: Mapping[str, ModelState],
    problems: Mapping[str, str] | None = None,
) -> Decision:
    return route(TASK, tokens, Catalogue(Routing(weights), tuple(models)), states, problems or {}, NOW)


def names(models: Sequence[Model], states: Sequence[ModelState]) -> dict[str, ModelState]:
    return {model.name: state for model, state in zip(models, states, strict=False)}


@given(MODELS, WEIGHTS, TOKENS, st.lists(STATES, max_size=12), st.sets(st.integers(0, 11)))
def test_every_model_is_either_ranked_once_or_excluded_once(
    models: tuple[Model, ...], weights: Weights, tokens: int, states: list[ModelState], broken: set[int]
) -> None:
    problems = {f"m{number}": "broken" for number in broken}
    decision = decide(models, weights, tokens, names(models, states), problems)
    ranked = [candidate.model.name for candidate in decision.ranking]
    excluded = [each.name for each in decision.exclusions]
    assert sorted(ranked + excluded) == sorted(model.name for model in models)
    for model in models:
        state = names(models, states).get(model.name, ModelState())
        output = min(500, model.max_output_tokens or 500)
        fits = (
            model.name not in problems
            and model.quality_for("t") >= 0.2
            and Capability.JSON_SCHEMA in model.capabilities
            and tokens + output <= model.context_tokens
            and all(end is None or end <= NOW for end in (state.open_until, state.throttled_until))
        )
        assert (model.name in ranked) is fits


@given(MODELS, WEIGHTS, TOKENS, st.lists(STATES, max_size=12))
def test_scores_are_between_0_and_1_and_fall_along_the_ranking(
    models: tuple[Model, ...], weights: Weights, tokens: int, states: list[ModelState]
) -> None:
    ranking = decide(models, weights, tokens, names(models, states)).ranking
    places = [models.index(candidate.model) for candidate in ranking]
    for candidate in ranking:
        assert 0 <= candidate.score <= 1
        assert all(part >= 0 for part in candidate.parts)
        assert abs(sum(candidate.parts) - candidate.score) < 1e-9
        assert 0 <= candidate.expected_cost_micros <= candidate.cost_micros
    for number in range(len(ranking) - 1):
        first, second = ranking[number], ranking[number + 1]
        assert first.score > second.score or (
            first.score == second.score and places[number] < places[number + 1]
        )


@given(MODELS, WEIGHTS, TOKENS, st.lists(STATES, max_size=12))
def test_the_same_values_give_the_same_decision(
    models: tuple[Model, ...], weights: Weights, tokens: int, states: list[ModelState]
) -> None:
    first, second = (decide(models, weights, tokens, names(models, states)) for _ in range(2))
    assert first == second
    assert Decision.from_note(json.loads(json.dumps(first.as_note()))).as_note() == first.as_note()


@given(MODELS, WEIGHTS, TOKENS, st.lists(STATES, max_size=12), st.floats(1, 100))
def test_raising_the_weight_of_cost_never_lets_a_dearer_model_overtake_a_cheaper_one(
    models: tuple[Model, ...], weights: Weights, tokens: int, states: list[ModelState], factor: float
) -> None:
    dearer = Weights(min(1000, weights.cost * factor + 0.1), weights.latency, weights.quality)
    before = decide(models, weights, tokens, names(models, states)).ranking
    after = [each.model.name for each in decide(models, dearer, tokens, names(models, states)).ranking]
    for number, better in enumerate(before):
        for worse in before[number + 1 :]:
            # A hair's breadth apart, the last digit of a float may decide.
            if better.expected_cost_micros < worse.expected_cost_micros and better.score > worse.score + 1e-9:
                assert after.index(better.model.name) < after.index(worse.model.name)


@given(MODELS.filter(bool), WEIGHTS, st.integers(0, 2000), st.decimals("0.001", 100, places=3))
def test_of_two_models_that_differ_in_price_alone_the_cheaper_ranks_no_worse(
    models: tuple[Model, ...], weights: Weights, tokens: int, more: Decimal
) -> None:
    able = replace(models[0], context_tokens=10_000, quality={"t": 0.5}, capabilities=frozenset(Capability))
    dear = replace(able, name="dear", input_price=min(1000 + more, able.input_price + more))
    ranking = decide([*models[1:], able, dear], weights, tokens, {}).ranking
    order = [candidate.model.name for candidate in ranking]
    assert order.index(able.name) < order.index("dear")


@given(MODELS, WEIGHTS)
def test_equal_models_keep_their_order_whatever_it_is(models: tuple[Model, ...], weights: Weights) -> None:
    fit = [
        replace(
            model, context_tokens=10_000, quality={"t": 0.5}, input_price=Decimal(1), output_price=Decimal(1)
        )
        for model in models
    ]
    fit = [replace(model, capabilities=frozenset(Capability), max_output_tokens=None) for model in fit]
    assert [each.model for each in decide(fit, weights, 100, {}).ranking] == fit


@given(st.decimals(0, 1_000_000, places=9), st.decimals(0, 1_000_000, places=9), TOKENS, TOKENS)
def test_a_cost_is_the_smallest_whole_number_that_covers_it(
    input_price: Decimal, output_price: Decimal, inputs: int, outputs: int
) -> None:
    model = Model(
        "m", ProviderKind.OPENAI, "m", input_price=input_price, output_price=output_price, context_tokens=1
    )
    exact = input_price * inputs + output_price * outputs
    assert 0 <= model.cost_micros(inputs, outputs) - exact < 1

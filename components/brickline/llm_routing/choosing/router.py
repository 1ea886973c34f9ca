"""Ranks the models that can take a call. Pure: no clock, no I/O, the same values give the same ranking."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

from brickline.llm_routing.choosing.decision import Candidate, Decision, Exclusion, ExclusionKind
from brickline.llm_routing.models.catalogue import Catalogue, Weights
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.states.model_state import ModelState
from brickline.llm_routing.task import OutputT, Task

BYTES_PER_TOKEN = 4  # of natural text; the bound counts a token for every byte
_UNKNOWN = ModelState()
_NEUTRAL = 0.5


class _Able(NamedTuple):
    model: Model
    cost: int
    expected: int
    latency_s: float | None
    quality: float


def route(
    task: Task[OutputT],
    input_tokens: int,
    catalogue: Catalogue,
    states: Mapping[str, ModelState],
    problems: Mapping[str, str],
    now: datetime,
) -> Decision:
    """Rank the models of `catalogue` for `task`; ties keep the order of the catalogue.

    `input_tokens` is a bound that holds, such as the UTF-8 bytes of everything sent: the context must have
    room for it, and costs are bounded by it. Scores are of a quarter of it and of half the output allowed.
    `states` and `problems` are by name of model; a model without is well.
    """
    able: list[_Able] = []
    exclusions: list[Exclusion] = []
    for model in catalogue.models:
        state = states.get(model.name, _UNKNOWN)
        quality = model.quality_for(task.name)
        output_tokens = model.output_limit(task.max_output_tokens)
        excluded = (
            _unusable(model, problems)
            or _unfit(task, model, quality, input_tokens + output_tokens)
            or _blocked(model, state, now)
        )
        if excluded:
            exclusions.append(excluded)
            continue
        cost = model.cost_micros(input_tokens, output_tokens)
        expected = model.cost_micros(-(-input_tokens // BYTES_PER_TOKEN), -(-output_tokens // 2))
        able.append(_Able(model, cost, expected, state.latency_s, quality))
    ranking = _ranked(able, catalogue.routing.weights)
    return Decision(task.name, input_tokens, tuple(ranking), tuple(exclusions))


def rerank(ranking: Sequence[Candidate], weights: Weights) -> tuple[Candidate, ...]:
    """Rank the candidates of a decision under other weights; ties keep the order they are given in."""
    able = [
        _Able(each.model, each.cost_micros, each.expected_cost_micros, each.latency_s, each.quality)
        for each in ranking
    ]
    return tuple(_ranked(able, weights))


def _unusable(model: Model, problems: Mapping[str, str]) -> Exclusion | None:
    problem = problems.get(model.name)
    return None if problem is None else Exclusion(model.name, ExclusionKind.PROBLEM, problem)


def _unfit(task: Task[OutputT], model: Model, quality: float, tokens: int) -> Exclusion | None:
    """Say why the model cannot do this, whenever it is asked."""
    if not task.needs <= model.capabilities:
        missing = ", ".join(sorted(task.needs - model.capabilities))
        reason = f"it lacks what the task needs: {missing}"
        return Exclusion(model.name, ExclusionKind.CAPABILITY, reason)
    if quality < task.quality_floor:
        reason = f"its quality of {quality:g} is below the task's floor of {task.quality_floor:g}"
        return Exclusion(model.name, ExclusionKind.QUALITY, reason)
    if tokens > model.context_tokens:
        reason = f"up to {tokens} tokens do not fit its context of {model.context_tokens}"
        return Exclusion(model.name, ExclusionKind.CONTEXT, reason)
    return None


def _blocked(model: Model, state: ModelState, now: datetime) -> Exclusion | None:
    """Say why it is not to be asked now."""
    opened, throttled = state.open_until, state.throttled_until
    ends = [end for end in (opened, throttled) if end is not None and end > now]
    if not ends:
        return None
    is_open = opened is not None and opened > now
    kind = ExclusionKind.BREAKER if is_open else ExclusionKind.THROTTLED
    what = "its breaker is open" if is_open else "its provider asked to wait"
    reason = f"{what}: {state.reason}" if state.reason else what
    return Exclusion(model.name, kind, reason, max(ends))


def _ranked(able: Sequence[_Able], weights: Weights) -> list[Candidate]:
    by_cost, by_latency, by_quality = weights.shares
    dearest = max((each.expected for each in able), default=0)
    known = [each.latency_s for each in able if each.latency_s is not None]
    slowest, usual = max(known, default=0.0), median(known) if known else None
    found = []
    for model, cost, expected, latency_s, quality in able:
        cheap = 1 - expected / dearest if dearest else 1.0
        fast = _speed(usual if latency_s is None else latency_s, slowest)
        parts = (by_cost * cheap, by_latency * fast, by_quality * quality)
        found.append(Candidate(model, min(1.0, sum(parts)), cost, expected, latency_s, quality, parts))
    found.sort(key=lambda candidate: candidate.score, reverse=True)  # stable, so ties keep their order
    return found


def _speed(latency_s: float | None, slowest: float) -> float:
    if latency_s is None:
        return _NEUTRAL
    return 1 - latency_s / slowest if slowest else 1.0

"""A decision as it is stored with the call it was made for."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, JsonValue

from brickline.llm_routing.choosing.decision import Candidate, Decision, Exclusion, ExclusionKind
from brickline.llm_routing.models.model import Model, ProviderKind


class _Ranked(BaseModel):
    """A candidate, without what the decision did not rest on: where the model is, and its key."""

    model_config = ConfigDict(frozen=True)

    name: str
    provider: ProviderKind
    model: str
    prices: tuple[Decimal, Decimal]
    context: int
    score: float
    cost: int
    expected: int
    latency: float | None = None
    quality: float
    parts: tuple[float, float, float]


class _LeftOut(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    kind: ExclusionKind
    reason: str
    until: datetime | None = None


class _Note(BaseModel):
    model_config = ConfigDict(frozen=True)

    task: str
    tokens: int
    ranking: tuple[_Ranked, ...] = ()
    excluded: tuple[_LeftOut, ...] = ()


def note_of(decision: Decision) -> dict[str, JsonValue]:
    """Make the note of a decision; by hand, since every call pays for it."""
    return {
        "task": decision.task,
        "tokens": decision.input_tokens,
        "ranking": [_ranked(candidate) for candidate in decision.ranking],
        "excluded": [_left_out(exclusion) for exclusion in decision.exclusions],
    }


def values_in(
    note: Mapping[str, JsonValue],
) -> tuple[str, int, tuple[Candidate, ...], tuple[Exclusion, ...]]:
    """Return what a decision is made of; raises ValueError for what is no note of one."""
    read = _Note.model_validate(note)
    exclusions = tuple(Exclusion(each.name, each.kind, each.reason, each.until) for each in read.excluded)
    return read.task, read.tokens, tuple(_candidate(each) for each in read.ranking), exclusions


def _ranked(candidate: Candidate) -> dict[str, JsonValue]:
    model = candidate.model
    return {
        "name": model.name,
        "provider": model.provider.value,
        "model": model.model,
        "prices": [str(model.input_price), str(model.output_price)],
        "context": model.context_tokens,
        "score": candidate.score,
        "cost": candidate.cost_micros,
        "expected": candidate.expected_cost_micros,
        "latency": candidate.latency_s,
        "quality": candidate.quality,
        "parts": list(candidate.parts),
    }


def _left_out(exclusion: Exclusion) -> dict[str, JsonValue]:
    until = None if exclusion.until is None else exclusion.until.isoformat()
    return {"name": exclusion.name, "kind": exclusion.kind.value, "reason": exclusion.reason, "until": until}


def _candidate(ranked: _Ranked) -> Candidate:
    model = Model(
        ranked.name,
        ranked.provider,
        ranked.model,
        input_price=ranked.prices[0],
        output_price=ranked.prices[1],
        context_tokens=ranked.context,
    )
    return Candidate(
        model, ranked.score, ranked.cost, ranked.expected, ranked.latency, ranked.quality, ranked.parts
    )

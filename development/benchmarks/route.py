"""How long it takes to rank the models for a call."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from pydantic import BaseModel

from benchmarks.figure import Figure, percentile
from brickline.llm_routing import (
    Catalogue,
    Decision,
    Model,
    ModelState,
    ProviderKind,
    Routing,
    Task,
    route,
)

_CANDIDATES = 20
_WARM_UP = 500
_DECISIONS = 5000


class _Answer(BaseModel):
    number: int


def routing() -> Iterator[Figure]:
    """Measure decisions one by one, each of another length of text."""
    task = Task("insights", 1, "Find insights.", _Answer, max_output_tokens=800, quality_floor=0.1)
    catalogue = Catalogue(Routing(), tuple(_model(number) for number in range(_CANDIDATES)))
    past = datetime.now(UTC) - timedelta(minutes=1)
    states = {
        model.name: ModelState(latency_s=0.5 + number % 7, open_until=past if number % 5 == 0 else None)
        for number, model in enumerate(catalogue.models)
    }
    seconds = []
    for number in range(_WARM_UP + _DECISIONS):
        started = time.perf_counter()
        decision = route(task, 1000 + number, catalogue, states, {}, datetime.now(UTC))
        seconds.append(time.perf_counter() - started)
        _require_all(decision)
    measured = seconds[_WARM_UP:]
    yield Figure(
        name="route decision",
        measured=round(percentile(measured, 0.5) * 1e6, 1),
        target=100,
        unit="µs",
        how=f"p50 of {_DECISIONS} decisions among {_CANDIDATES} models, all of them candidates; "
        f"p99 {percentile(measured, 0.99) * 1e6:.0f} µs",
    )


def _require_all(decision: Decision) -> None:
    if len(decision.ranking) != _CANDIDATES:
        raise RuntimeError(f"only {len(decision.ranking)} of {_CANDIDATES} models were ranked")


def _model(number: int) -> Model:
    return Model(
        f"model-{number}",
        ProviderKind.OPENAI,
        f"id-{number}",
        input_price=Decimal("0.15") * number,
        output_price=Decimal("0.6"),
        context_tokens=128_000,
        quality={"insights": 0.4 + number / 50},
        capabilities=ProviderKind.OPENAI.capabilities,
    )

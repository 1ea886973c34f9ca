"""What calls of models count for Prometheus. Never a tenant: whoever scrapes sees no customer's name."""

from prometheus_client import Counter, Histogram

from brickline.llm_routing.books.outcome import CallOutcome

_CALLS = Counter(
    "brickline_llm_calls",
    "Calls of language models, by how they ended; a cached answer counts as one.",
    ["model", "task", "outcome"],
)
_COST = Counter(
    "brickline_llm_cost_dollars",
    "What calls of language models cost, as settled in the ledger.",
    ["model", "task"],
)
_SECONDS = Histogram(
    "brickline_llm_call_duration_seconds",
    "From asking a model to its answer, or to its failure.",
    ["model"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0),
)


def count_call(
    model: str, task: str, outcome: CallOutcome, *, seconds: float | None = None, cost_micros: int = 0
) -> None:
    """Count a call that has ended; `seconds` only where a model was asked."""
    _CALLS.labels(model, task, outcome.value).inc()
    if cost_micros:
        _COST.labels(model, task).inc(cost_micros / 1_000_000)
    if seconds is not None:
        _SECONDS.labels(model).observe(seconds)

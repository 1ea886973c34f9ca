"""Decisions of the router as programs read them, on stdout."""

from collections.abc import Sequence

from brickline.budget import Entry
from brickline.llm_routing import Candidate, Decision
from brickline.standalone.money import as_usd
from brickline.standalone.plain import print_whole
from brickline.standalone.route.explained import Explained, decision_of


def print_json(explained: Explained) -> None:
    """Print a ranking as one JSON object."""
    task = explained.task
    print_whole(
        {
            "task": task.name,
            "version": task.version,
            "text_tokens": explained.text_tokens,
            "max_output_tokens": task.max_output_tokens,
            "live": explained.live,
            **_as_json(explained.decision),
        }
    )


def print_calls_json(calls: Sequence[Entry]) -> None:
    """Print the calls of an event as one JSON object."""
    print_whole(
        {
            "event_id": str(calls[0].event_id),
            "calls": [
                {
                    "call_id": call.entry_id,
                    "tenant": call.tenant,
                    "step": call.step,
                    "attempt": call.attempt,
                    "model": call.model,
                    "state": call.state.value,
                    "outcome": call.outcome,
                    "at": call.opened_at.isoformat(),
                    "cost_usd": None if call.cost_micros is None else as_usd(call.cost_micros),
                    "decision": None if (decision := decision_of(call)) is None else _as_json(decision),
                }
                for call in calls
            ],
        }
    )


def _as_json(decision: Decision) -> dict[str, object]:
    return {
        "input_tokens": decision.input_tokens,
        "candidates": [_candidate(rank, each) for rank, each in enumerate(decision.ranking, start=1)],
        "exclusions": [
            {
                "model": each.name,
                "kind": each.kind.value,
                "reason": each.reason,
                "until": None if each.until is None else each.until.isoformat(),
            }
            for each in decision.exclusions
        ],
    }


def _candidate(rank: int, candidate: Candidate) -> dict[str, object]:
    return {
        "rank": rank,
        "model": candidate.model.name,
        "provider": candidate.model.provider.value,
        "score": candidate.score,
        "parts": dict(zip(("cost", "latency", "quality"), candidate.parts, strict=True)),
        "expected_usd": as_usd(candidate.expected_cost_micros),
        "worst_usd": as_usd(candidate.cost_micros),
        "latency_s": candidate.latency_s,
        "quality": candidate.quality,
    }

"""Tasks and simulations as a person reads them, on stdout, and as JSON."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from brickline.llm_routing import Figures, Simulated, Task
from brickline.standalone.money import as_usd, usd
from brickline.standalone.plain import at, counted, lines, print_rows, print_whole, say


def show_tasks(tasks: Mapping[str, tuple[Task[Any], ...]]) -> None:
    """Print the tasks, a row each."""
    rows = [
        (
            lines(f"{task.name} {task.version}"),
            lines(", ".join(task.output.model_fields)),
            lines(f"{task.max_output_tokens:,}"),
            lines(f"{task.quality_floor:g}"),
            lines(", ".join(sorted(task.needs)) or "-"),
            lines(brick),
        )
        for brick, its in tasks.items()
        for task in its
    ]
    print_rows(("Task, version", "Output", "Most tokens", "Quality floor", "Needs", "Brick"), rows)


def print_tasks_json(tasks: Mapping[str, tuple[Task[Any], ...]]) -> None:
    """Print the same as one JSON object."""
    print_whole(
        {
            "tasks": [
                {
                    "name": task.name,
                    "version": task.version,
                    "brick": brick,
                    "output": list(task.output.model_fields),
                    "max_output_tokens": task.max_output_tokens,
                    "quality_floor": task.quality_floor,
                    "needs": sorted(task.needs),
                }
                for brick, its in tasks.items()
                for task in its
            ]
        }
    )


def show_simulated(found: Simulated) -> None:
    """Print what was, what would have been, and which calls would have moved."""
    if not found.calls:
        say(f"No answered call since {at(found.since)} tells how it was decided.")
        return
    weights, calls = found.weights, counted(found.calls, "answered call")
    shown = f"cost={weights.cost:g}, latency={weights.latency:g}, quality={weights.quality:g}"
    say(f"{calls} since {at(found.since)}, under the weights {shown}:")
    before, after = found.before, found.after
    rows = [
        ("Cost", usd(before.cost_micros), usd(after.cost_micros), _cost_change(before, after)),
        ("Mean latency", *_three(before.latency_s, after.latency_s, ".3f", " s")),
        ("Mean quality", *_three(before.quality, after.quality, ".3f", "")),
    ]
    cells = [(lines(name), *(Text(each, justify="right") for each in others)) for name, *others in rows]
    print_rows(("", "As it was", "Then", "Change"), cells)
    for (old, new), moved in found.moves.items():
        say(f"{counted(moved, 'call')} would move from {old} to {new}.")
    if not found.moves:
        say("No call would move.")
    for sentence in _notes(found):
        say(sentence)


def print_simulated_json(found: Simulated) -> None:
    """Print the same as one JSON object."""
    weights = found.weights
    print_whole(
        {
            "since": found.since.isoformat(),
            "weights": {"cost": weights.cost, "latency": weights.latency, "quality": weights.quality},
            "calls": found.calls,
            "before": _as_json(found.before),
            "after": _as_json(found.after),
            "change": {
                "cost_usd": as_usd(found.after.cost_micros - found.before.cost_micros),
                "latency_s": _minus(found.after.latency_s, found.before.latency_s),
                "quality": _minus(found.after.quality, found.before.quality),
            },
            "moves": [{"from": old, "to": new, "calls": calls} for (old, new), calls in found.moves.items()],
            "skipped": found.skipped,
            "estimated": found.estimated,
            "without_latency": found.without_latency,
        }
    )


def _notes(found: Simulated) -> list[str]:
    told = {
        "Left out, because how they were decided is not stored": found.skipped,
        "Priced as was expected then, because nobody metered their tokens": found.estimated,
        "Not in the mean latency, because that of their new model is not known": found.without_latency,
    }
    return [f"{what}: {counted(calls, 'call')}." for what, calls in told.items() if calls]


def _cost_change(before: Figures, after: Figures) -> str:
    change = after.cost_micros - before.cost_micros
    share = f" ({change / before.cost_micros:+.1%})" if before.cost_micros else ""
    return f"{'+' if change > 0 else ''}{usd(change)}{share}"


def _three(before: float | None, after: float | None, form: str, unit: str) -> tuple[str, str, str]:
    change = _minus(after, before)
    if before is None or after is None or change is None:
        return "-", "-", "-"
    return f"{before:{form}}{unit}", f"{after:{form}}{unit}", f"{change:+{form}}{unit}"


def _minus(after: float | None, before: float | None) -> float | None:
    return None if after is None or before is None else round(after - before, 6)


def _as_json(figures: Figures) -> dict[str, object]:
    return {
        "cost_usd": as_usd(figures.cost_micros),
        "latency_s": None if figures.latency_s is None else round(figures.latency_s, 6),
        "quality": None if figures.quality is None else round(figures.quality, 6),
    }

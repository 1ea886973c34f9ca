"""What a run says beside its figures: every contestant's times and settings."""

from collections.abc import Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.figure import percentile
from benchmarks.llm.contest import AT_ONCE, Answers, p50_ms
from benchmarks.surroundings import Setting


class Entry(Setting):
    """One contestant with its times by round."""

    p50_ms: list[float]
    p95_ms: list[float]
    per_s: list[float]
    """Calls a second, several at once."""


def entries(answers: Answers) -> list[Entry]:
    """Gather what each contestant measured."""
    return [
        Entry(
            name=contestant.name,
            p50_ms=[round(p50_ms(answer), 4) for answer in given],
            p95_ms=[round(percentile(answer.marks, 0.95) * 1000, 4) for answer in given],
            per_s=[round(answer.per_second, 1) for answer in given],
            settings=given[-1].settings,
            versions=given[-1].versions,
        )
        for contestant, given in answers.items()
    ]


def show_entries(found: Sequence[Entry]) -> None:
    """Print the times."""
    table = Table(title="Calls with a text of 1 KB, median (min..max) of the rounds")
    for column in ("contestant", "p50 ms", "p95 ms", f"{AT_ONCE} at once, per second"):
        table.add_column(column)
    for each in found:
        table.add_row(each.name, _summary(each.p50_ms, 3), _summary(each.p95_ms, 3), _summary(each.per_s, 0))
    Console(highlight=False).print(table)


def _summary(values: Sequence[float], digits: int) -> str:
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f}..{max(values):,.{digits}f})"

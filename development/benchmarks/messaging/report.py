"""What a run says: figures, every contestant's rates and settings, versions, the machine and its load."""

from collections.abc import Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure
from benchmarks.messaging.contest import Turn
from benchmarks.messaging.contestants import Contestant
from benchmarks.surroundings import Setting, Surroundings, show_surroundings


class Entry(Setting):
    """One contestant with its rates by round."""

    published_per_s: list[float]
    consumed_per_s: list[float]


def entry(contestant: Contestant, turns: Sequence[Turn]) -> Entry:
    """Gather a contestant's turns."""
    last = turns[-1].consumed or turns[-1].published
    return Entry(
        name=contestant.name,
        published_per_s=[round(turn.published.per_second, 1) for turn in turns],
        consumed_per_s=[round(turn.consumed.per_second, 1) for turn in turns if turn.consumed],
        settings={**turns[-1].published.settings, **last.settings},
        versions=last.versions,
    )


def show_entries(entries: Sequence[Entry], where: Surroundings) -> None:
    """Print the rates and what they were measured with."""
    table = Table(title="Rates: events per second, median (min..max) of the rounds")
    for column in ("contestant", "published", "consumed"):
        table.add_column(column)
    for each in entries:
        table.add_row(each.name, _summary(each.published_per_s), _summary(each.consumed_per_s))
    if entries:
        Console(highlight=False).print(table)
    show_surroundings(entries, where)


def to_json(
    figures: Sequence[Figure],
    entries: Sequence[Entry],
    where: Surroundings,
    failures: Mapping[str, str],
) -> dict[str, object]:
    """Return the whole report as JSON's own types."""
    return {
        "figures": [figure.as_json() for figure in figures],
        "contestants": [each.model_dump() for each in entries],
        "failures": dict(failures),
        "surroundings": where.model_dump(),
    }


def _summary(rates: Sequence[float]) -> str:
    return f"{median(rates):,.0f} ({min(rates):,.0f}..{max(rates):,.0f})" if rates else ""

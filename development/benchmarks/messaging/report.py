"""What a run says: figures, every contestant's rates and settings, versions, the machine and its load."""

import os
import platform
from collections.abc import Mapping, Sequence
from statistics import median

import asyncpg
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.contest import Turn
from benchmarks.messaging.contestants import Contestant
from benchmarks.messaging.environments import installed

_POSTGRES_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


class Entry(BaseModel):
    """One contestant: its rates by round, how it was set, and its versions."""

    model_config = ConfigDict(frozen=True)

    name: str
    published_per_s: list[float]
    consumed_per_s: list[float]
    settings: dict[str, str | int | float]
    versions: dict[str, str]


class Surroundings(BaseModel):
    """Where it was measured."""

    model_config = ConfigDict(frozen=True)

    python: str
    system: str
    cpus: int
    load_average: tuple[float, float, float]
    """Of the last 1, 5 and 15 minutes, at the end of the run."""
    rabbitmq: dict[str, str]
    postgres: dict[str, str]
    environments: dict[str, list[str]]


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


async def surroundings(arena: Arena, contestants: Sequence[Contestant]) -> Surroundings:
    """Ask the machine and the servers."""
    connection = await asyncpg.connect(arena.database_url)
    try:
        postgres = {name: await connection.fetchval(f"show {name}") for name in _POSTGRES_SETTINGS}
    finally:
        await connection.close()
    peers = sorted({contestant.peer for contestant in contestants if contestant.peer})
    return Surroundings(
        python=platform.python_version(),
        system=platform.platform(),
        cpus=os.cpu_count() or 0,
        load_average=os.getloadavg(),
        rabbitmq=arena.broker,
        postgres=postgres,
        environments={peer: installed(peer) for peer in peers},
    )


def show_entries(entries: Sequence[Entry], where: Surroundings) -> None:
    """Print the rates and what they were measured with."""
    table = Table(title="Rates: events per second, median (min..max) of the rounds")
    for column in ("contestant", "published", "consumed"):
        table.add_column(column)
    for each in entries:
        table.add_row(each.name, _summary(each.published_per_s), _summary(each.consumed_per_s))
    console = Console(highlight=False)
    if entries:
        console.print(table)
    for each in entries:
        console.print(f"{each.name} ({_list(each.versions)})\n  {'; '.join(_pairs(each.settings))}")
    load = ", ".join(f"{load:.2f}" for load in where.load_average)
    console.print(f"Python {where.python} on {where.cpus} CPUs, {where.system}; load average {load}")
    console.print(f"RabbitMQ: {_list(where.rabbitmq)}\nPostgres: {_list(where.postgres)}")


def to_json(
    figures: Sequence[Figure],
    entries: Sequence[Entry],
    where: Surroundings,
    failures: Mapping[str, str],
) -> dict[str, object]:
    """Return the whole report as JSON's own types."""
    return {
        "figures": [{**figure.model_dump(), "reached": figure.reached} for figure in figures],
        "contestants": [each.model_dump() for each in entries],
        "failures": dict(failures),
        "surroundings": where.model_dump(),
    }


def _summary(rates: Sequence[float]) -> str:
    return f"{median(rates):,.0f} ({min(rates):,.0f}..{max(rates):,.0f})" if rates else ""


def _list(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _pairs(values: Mapping[str, str | int | float]) -> list[str]:
    return [f"{name}: {value}" for name, value in values.items()]

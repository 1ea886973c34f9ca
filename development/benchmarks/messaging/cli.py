"""`python -m benchmarks messaging`: run, print, and say by the exit code whether the targets were reached."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.command import count, run
from benchmarks.figure import Figure
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.backlog import backlog
from benchmarks.messaging.figures import COMPARED, NAMES, contestants_for, extras_for
from benchmarks.messaging.idle_latency import idle_latency
from benchmarks.messaging.memory import memory
from benchmarks.messaging.report import entry, show_entries, to_json
from benchmarks.messaging.rounds import Rounds
from benchmarks.surroundings import postgres_settings, surroundings
from benchmarks.table import show

_EVENTS = 4000
_FULL = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """Run the command; return 1 if a target was missed, 2 if the comparison could not be made."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks messaging",
        description="Compare messaging with other libraries on one broker and one database.",
    )
    add = parser.add_argument
    add("--events", type=count, default=_EVENTS, metavar="N", help="events of each turn (%(default)s)")
    add("--rounds", type=count, default=3, metavar="N", help="turns of each contestant (%(default)s)")
    add("--full", action="store_true", help=f"{_FULL:,} events for memory and backlog: an hour and more")
    return run(parser, NAMES, arguments, lambda options: asyncio.run(_measure(options)))


async def _measure(options: argparse.Namespace) -> tuple[list[Figure], dict[str, object]]:
    names: Sequence[str] = options.names
    contestants = contestants_for(names)
    long_run = _FULL if options.full else options.events
    figures: list[Figure] = []
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        async with Arena.open(Path(folder)) as arena:
            rounds = Rounds(arena, events=options.events, rounds=options.rounds)
            await rounds.play(contestants, extras_for(names))
            for name in names:
                figures += [against.figure(rounds) for against in COMPARED.get(name, ())]
            if "latency" in names:
                figures.append(await idle_latency(arena, options.rounds))
            if "memory" in names:
                figures.append(await memory(arena, long_run))
            if "backlog" in names:
                figures.append(await backlog(arena, long_run))
            servers = {"RabbitMQ": arena.broker, "Postgres": await postgres_settings(arena.database_url)}
    where = surroundings(servers, (contestant.peer for contestant in contestants))
    entries = [entry(contestant, turns) for contestant, turns in rounds.turns.items()]
    show_entries(entries, where)
    show(figures)
    failures = {contestant.name: why for contestant, why in rounds.failures.items()}
    for name, why in failures.items():
        print(f"{name} FAILED and is left out: {why}")
    return figures, to_json(figures, entries, where, failures)

"""`python -m benchmarks llm`: run, print, and say by the exit code whether the targets were reached."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.command import count, run
from benchmarks.figure import Figure
from benchmarks.llm.contest import Answers, play
from benchmarks.llm.figures import CONTESTANTS, figures
from benchmarks.llm.importing import importing
from benchmarks.llm.report import entries, show_entries
from benchmarks.surroundings import postgres_settings, show_surroundings, surroundings
from benchmarks.table import show
from brickline.embedded import EmbeddedPostgres

_NAMES = ("generate", "import")


def main(arguments: Sequence[str]) -> int:
    """Run the command; return 1 if a target was missed, 2 if the comparison could not be made."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks llm",
        description="Compare calls of language models, and the imports they take, with LiteLLM's.",
    )
    add = parser.add_argument
    add("--calls", type=count, default=1000, metavar="N", help="calls of each part of a turn (%(default)s)")
    add("--rounds", type=count, default=5, metavar="N", help="turns of each contestant (%(default)s)")
    return run(parser, _NAMES, arguments, _measure)


def _measure(options: argparse.Namespace) -> tuple[list[Figure], dict[str, object]]:
    found: list[Figure] = []
    answers: Answers = {}
    servers: dict[str, dict[str, str]] = {}
    if "generate" in options.names:
        answers, servers["Postgres"] = asyncio.run(_generate(options.rounds, options.calls))
        found += figures(answers)
    if "import" in options.names:
        found.append(importing(options.rounds))
    contestants = entries(answers)
    where = surroundings(servers, ["litellm"])
    if contestants:
        show_entries(contestants)
    show_surroundings(contestants, where)
    show(found)
    return found, {
        "figures": [figure.as_json() for figure in found],
        "contestants": [each.model_dump() for each in contestants],
        "surroundings": where.model_dump(),
    }


async def _generate(rounds: int, calls: int) -> tuple[Answers, dict[str, str]]:
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        async with EmbeddedPostgres(Path(folder) / "postgres") as postgres:
            answers = await play(CONTESTANTS, postgres.dsn, rounds=rounds, calls=calls)
            return answers, await postgres_settings(postgres.dsn)

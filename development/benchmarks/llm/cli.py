"""`python -m benchmarks llm`: run, print, and say by the exit code whether the targets were reached."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.errors import ComparisonError
from benchmarks.figure import Figure
from benchmarks.llm.contest import Answers, play
from benchmarks.llm.figures import CONTESTANTS, figures
from benchmarks.llm.importing import importing
from benchmarks.llm.report import entries, show_entries
from benchmarks.surroundings import postgres_settings, show_surroundings, surroundings
from benchmarks.table import show
from brickline.embedded import EmbeddedError, EmbeddedPostgres

_NAMES = ("generate", "import")


def main(arguments: Sequence[str]) -> int:
    """Run the command; return 1 if a target was missed, 2 if the comparison could not be made."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(_NAMES):
        parser.error(f"no figure is named {', '.join(sorted(unknown))}; there are {', '.join(_NAMES)}")
    if options.calls < 1 or options.rounds < 1:
        parser.error("--calls and --rounds are at least 1")
    try:
        found, report = _measure(options.names or _NAMES, options.rounds, options.calls)
    except (ComparisonError, EmbeddedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json:
        text = json.dumps(report, indent=2)
        print(text) if str(options.json) == "-" else options.json.write_text(text + "\n")
    return 0 if all(figure.reached for figure in found) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks llm",
        description="Compare calls of language models, and the imports they take, with LiteLLM's.",
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(_NAMES)} (all)")
    add("--calls", type=int, default=1000, metavar="N", help="calls of each part of a turn (%(default)s)")
    add("--rounds", type=int, default=5, metavar="N", help="turns of each contestant (%(default)s)")
    add("--json", type=Path, metavar="FILE", help="write the report there, too; - for stdout")
    return parser


def _measure(names: Sequence[str], rounds: int, calls: int) -> tuple[list[Figure], dict[str, object]]:
    found: list[Figure] = []
    answers: Answers = {}
    servers: dict[str, dict[str, str]] = {}
    if "generate" in names:
        answers, servers["Postgres"] = asyncio.run(_generate(rounds, calls))
        found += figures(answers)
    if "import" in names:
        found.append(importing(rounds))
    contestants = entries(answers)
    where = surroundings(servers, ["litellm"])
    if contestants:
        show_entries(contestants)
    show_surroundings(contestants, where)
    show(found)
    return found, {
        "figures": [{**figure.model_dump(), "reached": figure.reached} for figure in found],
        "contestants": [each.model_dump() for each in contestants],
        "surroundings": where.model_dump(),
    }


async def _generate(rounds: int, calls: int) -> tuple[Answers, dict[str, str]]:
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        async with EmbeddedPostgres(Path(folder) / "postgres") as postgres:
            answers = await play(CONTESTANTS, postgres.dsn, rounds=rounds, calls=calls)
            return answers, await postgres_settings(postgres.dsn)

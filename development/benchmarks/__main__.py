"""Measure, print a table, and say with the exit code whether every target was reached."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from benchmarks.command import run
from benchmarks.contracts.figures import contracts
from benchmarks.figure import Figure
from benchmarks.first_insight import first_insight
from benchmarks.latency import latency
from benchmarks.llm.cli import main as llm
from benchmarks.messaging.cli import main as messaging
from benchmarks.reserve import reserve
from benchmarks.route import routing
from benchmarks.semantic import semantic
from benchmarks.startup import startup
from benchmarks.table import show

_BENCHMARKS: dict[str, Callable[[], Iterator[Figure] | AsyncIterator[Figure]]] = {
    "startup": startup,
    "latency": latency,
    "first_insight": first_insight,
    "route": routing,
    "reserve": reserve,
    "semantic": semantic,
    "contracts": contracts,
}
_COMPARISONS: dict[str, Callable[[Sequence[str]], int]] = {"messaging": messaging, "llm": llm}
"""Side by side with other libraries, in environments made for them: minutes, so only when asked for."""
_EXAMPLES = """\
examples:
  python -m benchmarks
  python -m benchmarks latency --json figures.json
  python -m benchmarks messaging --help   (side by side with other libraries: minutes, so only when asked for)
  python -m benchmarks llm --help         (likewise)
"""


async def measure(names: list[str]) -> list[Figure]:
    """Run the named benchmarks in turn, telling on stderr which is under way."""
    figures: list[Figure] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        found = _BENCHMARKS[name]()
        if isinstance(found, AsyncIterator):
            figures += [figure async for figure in found]
        else:
            figures += found
    return figures


def main() -> int:
    """Run the command; return 1 if a target was missed."""
    if len(sys.argv) > 1 and (comparison := _COMPARISONS.get(sys.argv[1])):
        return comparison(sys.argv[2:])
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return run(parser, _BENCHMARKS, sys.argv[1:], _measured)


def _measured(options: argparse.Namespace) -> tuple[list[Figure], list[dict[str, object]]]:
    figures = asyncio.run(measure(options.names))
    show(figures)
    return figures, [figure.as_json() for figure in figures]


if __name__ == "__main__":
    sys.exit(main())

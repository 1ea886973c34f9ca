"""What the commands share: the names of what to measure, a report as JSON, and an exit code that says it."""

import argparse
import json
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from benchmarks.errors import ComparisonError
from benchmarks.figure import Figure
from brickline.embedded import EmbeddedError
from brickline_dev.errors import DevelopmentError

Measure = Callable[[argparse.Namespace], tuple[Sequence[Figure], object]]
"""Measures what the options name, prints it, and returns the figures and the report, of JSON's own types."""


def run(
    parser: argparse.ArgumentParser, names: Collection[str], arguments: Sequence[str], measure: Measure
) -> int:
    """Run a command; return 1 if a target was missed, 2 if a comparison could not be made.

    Beside the options of `parser` it takes some of `names`, by default all, and a file for the report.
    """
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(names)} (all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there, too; - for stdout")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(names):
        parser.error(f"nothing is named {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    options.names = options.names or list(names)
    try:
        figures, report = measure(options)
    except (ComparisonError, DevelopmentError, EmbeddedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json:
        text = json.dumps(report, indent=2)
        print(text) if str(options.json) == "-" else options.json.write_text(text + "\n")
    return 0 if all(figure.reached for figure in figures) else 1


def count(text: str) -> int:
    """Read how often to do something: at least once."""
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("it is at least 1")
    return number

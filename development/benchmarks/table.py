"""The figures as a table for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(title="Figures")
    for column in ("figure", "measured", "min..max", "target", "of target", "", "how"):
        table.add_column(column, overflow="fold")
    for figure in figures:
        sign = "≥" if figure.at_least else "<"
        table.add_row(
            figure.name,
            f"{figure.measured:g} {figure.unit}",
            "" if figure.spread is None else f"{figure.spread[0]:g}..{figure.spread[1]:g}",
            f"{sign} {figure.target:g} {figure.unit}",
            f"{figure.measured / figure.target:.2f}x",
            "reached" if figure.reached else "NOT reached",
            figure.how,
        )
    Console().print(table)

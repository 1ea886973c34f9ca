"""Results as a person reads them, on stdout."""

import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from brickline.client import DocumentResult
from brickline.jobs import Wait
from brickline.reporting import ThemeReport
from brickline.standalone.serving import Address

_SHOWN_THEMES = 12


class Output(Console):
    """What commands print their tables on: stdout."""

    def on_broken_pipe(self) -> None:
        """Let it be an error like any other that the reader has gone (`| head`); rich would exit at once."""
        raise BrokenPipeError


def show_documents(results: Sequence[DocumentResult], elapsed_s: float) -> None:
    """Print each document's summary and themes."""
    models = ", ".join(sorted({result.found.model for result in results}))
    title = f"{_documents(len(results))} in {elapsed_s:.1f} s, by {models}{_price(results)}"
    table = Table(title=Text(title), caption=_degraded(results), show_lines=True, expand=True)
    table.add_column("Document", ratio=2, overflow="fold")
    table.add_column("Summary", ratio=6, overflow="fold")
    table.add_column("Themes", ratio=2, overflow="fold")
    for result in results:
        insights = result.found.insights
        # Text, not str: what a document says is not markup.
        table.add_row(Text(result.found.title), Text(insights.summary), Text(", ".join(insights.themes)))
    Output().print(table)


def waiting_for(waits: Iterable[Wait]) -> str | None:
    """Say in a line what is waited for, and until when the longest."""
    longest = max(waits, key=lambda wait: wait.until, default=None)
    if longest is None:
        return None
    until = longest.until.astimezone(UTC)
    day = "" if until.date() == datetime.now(UTC).date() else f"{until:%Y-%m-%d} "
    return f"Waiting for {longest.what} until {day}{until:%H:%M} UTC"


def show_report(report: ThemeReport) -> None:
    """Print the themes across documents."""
    table = Table(title=f"Themes across {_documents(report.documents)}")
    table.add_column("Theme", overflow="fold")
    table.add_column("Documents", justify="right")
    table.add_column("Found in", overflow="fold")
    for theme in report.themes[:_SHOWN_THEMES]:
        titles = "; ".join(document.title for document in theme.documents)
        table.add_row(Text(theme.theme), str(theme.count), Text(titles))
    Output().print(table)


def show_address(address: Address, file: TextIO = sys.stdout) -> None:
    """Print where the stack answers and with which key, a line each, and how to go on."""
    print(address.url, file=file)
    print(f"API key: {address.api_key}", file=file, flush=True)
    print("Serving until Ctrl-C.", file=sys.stderr, flush=True)


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"


def _price(results: Sequence[DocumentResult]) -> str:
    cost_usd = sum(result.found.cost_usd for result in results)
    return f", for ${cost_usd:.6f}" if cost_usd else ""


def _degraded(results: Sequence[DocumentResult]) -> Text | None:
    titles = [result.found.title for result in results if result.found.degraded]
    if not titles:
        return None
    return Text(f"By a cheaper model than preferred, for want of budget: {'; '.join(titles)}")

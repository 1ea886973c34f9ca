"""How far a drill is, on stderr: a bar for each phase on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from brickline.drill import OnProgress

_A_LINE_EVERY_S = 10.0


@contextmanager
def progress_shown() -> Iterator[OnProgress]:
    """Yield what is to be told of progress."""
    console = Console(stderr=True)  # stdout is for results
    if not console.is_terminal:
        yield _Lines().on_progress
        return
    columns = (TextColumn("{task.description:22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress).on_progress


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def on_progress(self, phase: str, done: int, total: int) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._progress.add_task(phase.capitalize(), total=total)
        self._progress.update(self._tasks[phase], completed=done)


class _Lines:
    """One when a phase begins and when it is over, and some between."""

    def __init__(self) -> None:
        self._phase = ""
        self._over = True
        self._said_at = 0.0

    def on_progress(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        begins, over = phase != self._phase, done >= total
        if begins or (over and not self._over) or now - self._said_at >= _A_LINE_EVERY_S:
            print(f"{phase.capitalize()}: {done:,} of {total:,}", file=sys.stderr, flush=True)
            self._said_at = now
        self._phase, self._over = phase, over

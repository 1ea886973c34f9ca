"""Code that cannot be imported is what a check of code meets first: it is named, like any other bad input."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

_UNKNOWN = 2


@contextmanager
def naming_broken_code() -> Iterator[None]:
    """End with 2 and a sentence where the bricks that a command needs cannot be imported."""
    try:
        yield
    except (Exception, SystemExit) as error:  # a module may raise anything, and even exit
        print(f"brickline: the workspace's code cannot be imported: {told(error)}", file=sys.stderr)
        sys.exit(_UNKNOWN)


def told(error: BaseException) -> str:
    """Say in a line what was raised, and where."""
    first = (str(error).splitlines() or [""])[0]
    said = f"{type(error).__name__}: {first}" if first else type(error).__name__
    place = _place(error)
    return f"{said} ({place})" if place else said


def _place(error: BaseException) -> str:
    """Return file and line of the code that raised it: bricks before libraries, the innermost first."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")
    ]
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{ours[-1].filename}, line {ours[-1].lineno}" if ours else ""

"""Code that cannot be imported is what a check of code meets first: it is named, like any other bad input."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from brickline.standalone.contracts.speaking import only_answers_on_stdout, refuse

_UNKNOWN = 2


@contextmanager
def naming_broken_code(*, as_json: bool = False) -> Iterator[None]:
    """End with 2 and a sentence where the bricks that a command needs cannot be imported."""
    try:
        with only_answers_on_stdout():
            yield
    except (Exception, SystemExit) as error:  # a module may raise anything, and even exit
        refuse(f"the workspace's code cannot be imported: {told(error)}", as_json=as_json)
        sys.exit(_UNKNOWN)


def code_of(work: Callable[[], int], *, as_json: bool = False) -> int:
    """Return what a command's work returns: whatever it exits with is not its own, and never a verdict."""
    try:
        return work()
    except SystemExit as error:
        refuse(
            f"the workspace's code has ended the command: {told(error)}. Nothing can be said of it: let it "
            "raise an error instead",
            as_json=as_json,
        )
        return _UNKNOWN


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

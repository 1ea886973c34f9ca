"""What a command says, and on which stream: answers on stdout, all else on stderr. Loads nothing heavy."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from brickline.standalone.screen import forget_stdout, json_text


def write(text: str) -> None:
    """Print a text; nobody who reads it is no error. Raises `OSError` for a full disk."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        forget_stdout()


def refuse(says: str, *, as_json: bool) -> None:
    """Say what keeps the command from an answer; to a program, which reads stdout, as JSON too."""
    print(f"brickline: {says}", file=sys.stderr)
    if as_json:
        write(json_text({"error": says}))


@contextmanager
def only_answers_on_stdout() -> Iterator[None]:
    """Let what the workspace's code prints go to stderr: on stdout it would be taken for the answer's."""
    with redirect_stdout(sys.stderr):
        yield

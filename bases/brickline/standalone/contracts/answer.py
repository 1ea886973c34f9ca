"""A command's answer, and how it ends."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from brickline.contracts import ContractError
from brickline.standalone.screen import forget_stdout, replace_what_cannot_be_shown

FINE, FOUND, UNKNOWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes to stdout, and the exit code."""

    text: str
    code: int = FINE


def exit_code(work: Callable[[], Answer]) -> int:
    """Print an answer and return its code; a sentence and 2 for what keeps the command from one.

    Once there is an answer its code stands, even if whoever reads it has seen enough (`| head`).
    """
    replace_what_cannot_be_shown()
    try:
        answer = work()
        write(answer.text)
    except (ContractError, OSError) as error:
        print(f"brickline: {error}", file=sys.stderr)
        return UNKNOWN
    return answer.code


def write(text: str) -> None:
    """Print a text; nobody who reads it is no error. Raises `OSError` for a full disk."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        forget_stdout()

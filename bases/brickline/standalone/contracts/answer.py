"""A command's answer, and how it ends."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from brickline.contracts import ContractError
from brickline.settings import SettingsError
from brickline.standalone.contracts.speaking import only_answers_on_stdout, refuse, write
from brickline.standalone.screen import json_text, replace_what_cannot_be_shown

FINE, FOUND, UNKNOWN = 0, 1, 2

FoundT = TypeVar("FoundT")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes to stdout, and the exit code."""

    text: str
    code: int = FINE


def exit_code(find: Callable[[], FoundT], tell: Callable[[FoundT], Answer], *, as_json: bool = False) -> int:
    """Print an answer and return its code; a sentence and 2 for what keeps the command from one.

    `find` runs the workspace's code, whose prints are none of the answer; `tell` makes a text of what it
    returned. Once there is an answer its code stands, even if whoever reads it has seen enough (`| head`).
    """
    replace_what_cannot_be_shown()
    try:
        with only_answers_on_stdout():
            found = find()
        answer = tell(found)
        write(answer.text)
    except (ContractError, OSError) as error:
        refuse(str(error), as_json=as_json)
        return UNKNOWN
    return answer.code


@contextmanager
def errors_as_json(*, as_json: bool) -> Iterator[None]:
    """Print bad input as JSON too, before whoever runs the command says it on stderr and ends with 2."""
    try:
        yield
    except (ContractError, SettingsError) as error:
        if as_json:
            write(json_text({"error": str(error)}))
        raise

"""What the books are told of a call before its money."""

from dataclasses import dataclass
from typing import Any

from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.books.open_call import Note
from brickline.llm_routing.models.model import Model


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a question: with a model, or with the answer that this model gave to an equal one."""

    question: Question[Any]
    model: Model
    number: int
    """Counts from 1, across redeliveries and workers."""
    note: Note
    """Whatever else is to be known of it."""

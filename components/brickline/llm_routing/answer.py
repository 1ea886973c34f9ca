"""A validated output together with how it came about."""

from dataclasses import dataclass
from typing import Generic

from brickline.llm_routing.task import OutputT


@dataclass(frozen=True, slots=True)
class Answer(Generic[OutputT]):
    """What a task produced, by which model, in how long and for how many tokens."""

    output: OutputT
    model: str
    """The model that answered, as the provider names it."""
    seconds: float
    """Wall-clock time of the provider that answered; those tried before it are not counted."""
    input_tokens: int
    output_tokens: int

"""A validated output together with how it came about."""

from dataclasses import dataclass
from typing import Generic

from brickline.llm_routing.task import OutputT


@dataclass(frozen=True, slots=True)
class Answer(Generic[OutputT]):
    """What a task produced, by which model, at what cost."""

    output: OutputT
    model: str
    """The model that answered, as the provider names it."""
    cost_micros: int = 0
    """Micro-dollars paid for it, with the answers that were not accepted; 0 where an equal question had been
    answered."""
    degraded: bool = False
    """A better model was passed over because its money was spent."""
    repaired: bool = False
    """The model's first answer was not what the task describes, and was put right."""
    seconds: float = 0.0
    """Wall-clock time of the model that answered; 0 where the answer was read back."""

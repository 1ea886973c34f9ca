"""Which models could take a call, in which order, and why not the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import JsonValue

from brickline.llm_routing.models.model import Model


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that can take the call."""

    model: Model
    score: float
    """From 0 to 1, the sum of `parts`."""
    cost_micros: int
    """The most the call can cost."""
    expected_cost_micros: int
    """What it is likely to cost: the score is of this."""
    latency_s: float | None
    """None: not known."""
    quality: float
    parts: tuple[float, float, float]
    """What cost, latency and quality add to the score."""


class ExclusionKind(StrEnum):
    """What keeps a model from taking a call."""

    PROBLEM = "problem"
    """It cannot be used here: no key, no library."""
    CAPABILITY = "capability"
    QUALITY = "quality"
    CONTEXT = "context"
    BREAKER = "breaker"
    """It failed too often in a row."""
    THROTTLED = "throttled"
    """Its provider asked not to be called for a while."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A model that cannot take the call."""

    name: str
    kind: ExclusionKind
    reason: str
    until: datetime | None = None
    """When it may be able to; None: waiting does not help."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A ranking, best first, and what was left out of it."""

    task: str
    """The task's name."""
    input_tokens: int
    """The most tokens that the input can be."""
    ranking: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...]

    def as_note(self) -> dict[str, JsonValue]:
        """Make what is stored of it: JSON, without where a model is and what its key is called."""
        from brickline.llm_routing.choosing.decision_note import note_of

        return note_of(self)

    @classmethod
    def from_note(cls, note: Mapping[str, JsonValue]) -> Self:
        """Read a note back. Its models have what the decision rested on; the rest of them is as by default.

        Raises ValueError for what is no such note.
        """
        from brickline.llm_routing.choosing.decision_note import values_in

        return cls(*values_in(note))

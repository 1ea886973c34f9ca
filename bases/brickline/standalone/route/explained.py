"""What there is to explain: how a call would be routed, or how one was."""

from dataclasses import dataclass
from typing import Any

from brickline.budget import Entry
from brickline.llm_routing import Decision, Task


@dataclass(frozen=True, slots=True)
class Explained:
    """How a call would be routed."""

    task: Task[Any]
    text_tokens: int
    decision: Decision
    live: bool
    """Whether latencies and breakers are those of running services."""


def decision_of(call: Entry) -> Decision | None:
    """Return what is stored with a call; None for nothing that can be read."""
    stored = call.note.get("decision")
    try:
        return Decision.from_note(stored) if isinstance(stored, dict) else None
    except ValueError:
        return None

"""What the posters were told: the only source of what has to be accounted for."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that was answered with 202."""

    key: str
    document_id: UUID
    job_id: UUID
    trace_id: UUID
    asked_at: float
    """When the request was sent that got this answer, in seconds of the epoch."""
    accepted_at: float


@dataclass
class Ledger:
    """Everything that was sent and answered."""

    accepted: list[Accepted] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    """How often each answer came that was no 202, or why none came: each was followed by another try."""
    refused: list[str] = field(default_factory=list)
    """Answers that no fault explains; their documents were not sent again."""
    offered: int = 0
    retried: int = 0
    """Documents for which more than one request was needed."""
    never_accepted: list[str] = field(default_factory=list)
    """Idempotency keys of what was given up when the time for retrying was over."""

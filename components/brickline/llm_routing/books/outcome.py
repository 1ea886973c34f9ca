"""How a call ended."""

from enum import StrEnum


class CallOutcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    CACHED = "cached"
    """The answer to an equal question was used; no model was asked."""
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    INVALID = "invalid"
    """There was an answer, and it was not what the task describes."""
    TRUNCATED = "truncated"
    """The answer was cut off at the task's limit of tokens."""
    FAILED = "failed"
    """The provider broke its contract."""

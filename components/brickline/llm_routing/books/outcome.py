"""How a call ended."""

from enum import StrEnum


class CallOutcome(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    CACHED = "cached"
    """The answer to an equal question was used; no model was asked."""
    PASSED_OVER = "passed over"
    """It was reserved and not made: for the model's rate limit or breaker, or the ledger was not heard."""
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    INVALID = "invalid"
    """There was an answer, and it was not what the task describes."""
    TRUNCATED = "truncated"
    """The answer was cut off at the task's limit of tokens."""
    FAILED = "failed"
    """The provider broke its contract."""

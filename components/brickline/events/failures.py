"""The one table that decides, by exception type, what becomes of an event whose handling failed."""

from collections.abc import Mapping
from enum import StrEnum

from brickline.events.errors import (
    BusUnavailable,
    Deferred,
    PermanentError,
    TransactionMisuse,
    TransientError,
    UndeclaredPublish,
)
from brickline.persistence import DatabaseUnavailable
from brickline.schemas import SchemaError, UnwritableEvent


class FailureClass(StrEnum):
    """What becomes of the event."""

    CONTRACT = "contract"
    """Its bytes cannot be read: a dead letter at once."""
    PERMANENT = "permanent"
    """A dead letter at once."""
    TRANSIENT = "transient"
    """Tried again later, until the consumer's retry policy is exhausted or its age is; then a dead letter."""
    DEFERRED = "deferred"
    """Tried again at the time the failure names (`Deferred`), else after a backoff; no attempt is counted.
    A dead letter where the consumer's retry policy has a greatest age and that comes first."""
    DEPENDENCY_DOWN = "dependency down"
    """Kept in hand until the dependency is back; no attempt is counted."""


DEFAULT_FAILURES: Mapping[type[BaseException], FailureClass] = {
    SchemaError: FailureClass.CONTRACT,
    UnwritableEvent: FailureClass.PERMANENT,  # what is wrong is not what was read, but what was made of it
    PermanentError: FailureClass.PERMANENT,
    UndeclaredPublish: FailureClass.PERMANENT,
    TransactionMisuse: FailureClass.PERMANENT,
    TransientError: FailureClass.TRANSIENT,
    Deferred: FailureClass.DEFERRED,
    DatabaseUnavailable: FailureClass.DEPENDENCY_DOWN,
    BusUnavailable: FailureClass.DEPENDENCY_DOWN,
    Exception: FailureClass.TRANSIENT,
}


def classify(
    error: BaseException, extensions: Mapping[type[BaseException], FailureClass] | None = None
) -> FailureClass:
    """Return the class of the nearest type in the error's inheritance; a consumer's own table wins a tie."""
    table = {**DEFAULT_FAILURES, **(extensions or {})}
    return next(table[kind] for kind in type(error).__mro__ if kind in table)

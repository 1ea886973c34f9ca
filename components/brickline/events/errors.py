"""What can go wrong with an event, and what a handler raises to say what should become of it."""

from datetime import datetime


class EventsError(Exception):
    """Root of everything this brick raises."""


class PermanentError(EventsError):
    """Raised by a handler when trying again cannot help: the event becomes a dead letter at once."""


class TransientError(EventsError):
    """Raised by a handler when trying again may help; `retry_after_s` is the least wait, in seconds."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Deferred(EventsError):
    """Raised by a handler to be called again at `until`, without using up an attempt.

    With `waiting_for`, a word or two such as "budget", the deferral is announced as `EventDeferred`, so that
    whoever waits for the outcome can be told what it waits for.
    """

    def __init__(self, reason: str, *, until: datetime, waiting_for: str | None = None) -> None:
        super().__init__(reason)
        if until.utcoffset() is None:
            raise ValueError(f"until is {until}, without a time zone: give it one, as datetime.now(UTC) has")
        self.until = until
        self.waiting_for = waiting_for


class UndeclaredPublish(EventsError):
    """Raised when a consumer or a service publishes a payload that its `publishes` does not name."""


class TransactionMisuse(EventsError):
    """Raised when a handler opens a second transaction for an event, or publishes into one that ended."""


class CrashLoop(EventsError):
    """Written on the dead letter of an event that the bus gave up: it ended process after process."""


class EventExpired(EventsError):
    """Written on the dead letter of an event that failed, and would be too old by the time of another try."""


class GroupPaused(EventsError):
    """Raised where an event that cannot be read is to be handed back: its group paused meanwhile.

    Not for handlers.
    """


class NoGroup(EventsError):
    """Written on the dead letter of an event that was published for no group."""


class AlreadySettled(EventsError):
    """Raised inside a handler's transaction when the inbox shows that the event was settled before.

    Not for handlers: let it pass, and the event is skipped.
    """


class BusError(EventsError):
    """Root of what a `Bus` raises."""


class BusUnavailable(BusError):
    """Raised when the bus cannot take responsibility for a message now: not connected, or no confirm came."""


class Unroutable(BusError):
    """Raised when no consumer group is there to receive a message; it stays in the outbox until one is."""


class TopologyMismatch(BusError):
    """Raised when the broker holds a queue or exchange with other properties than are declared here."""

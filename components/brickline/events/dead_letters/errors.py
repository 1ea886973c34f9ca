"""Why an operator's wish about dead letters is refused; nothing has been changed then."""

from brickline.events.errors import EventsError


class DeadLetterError(EventsError):
    """Root of the refusals."""


class UnknownLetter(DeadLetterError):
    """Raised for an id that no dead letter has."""


class UnknownService(DeadLetterError):
    """Raised for a service whose dead letters are not here."""


class LetterClosed(DeadLetterError):
    """Raised for a letter that was replayed or discarded before."""


class NoEventInside(DeadLetterError):
    """Raised when a letter is to be replayed as it is and its bytes hold no event."""


class NoReceiver(DeadLetterError):
    """Raised when no group would receive what is to be replayed, so that it would wait for ever."""


class UnfitEdit(DeadLetterError):
    """Raised for a body that cannot take the place of a letter's own."""


class WrongRequest(DeadLetterError):
    """Raised for a filter, a cursor, a rate or a reason that makes no sense."""


class TablesMissing(DeadLetterError):
    """Raised when a service's schema lacks the tables of this version."""

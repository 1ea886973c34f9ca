"""What can be wrong with a payload's model, or with an event on its way to bytes or from them.

Trying again cannot help.
"""


class SchemaError(Exception):
    """Root of everything this brick raises."""


class PayloadError(SchemaError):
    """Raised where a payload is defined, for a model that cannot be published, read or announced."""


class UnreadableEvent(SchemaError):
    """Raised when bytes are not a CloudEvents 1.0 JSON envelope with this system's attributes."""


class OversizedEvent(UnreadableEvent):
    """Raised for more bytes than any event has (`MAX_EVENT_BYTES`), without a look at them."""


class FutureEvent(SchemaError):
    """Raised when an event claims to have occurred later than clocks can differ (`MAX_AHEAD`)."""


class UnexpectedTopic(SchemaError):
    """Raised when an event reaches a reader of another topic."""


class UnknownVersion(SchemaError):
    """Raised when no path of upcasters leads from an event's version to the one its reader knows."""


class InvalidPayload(SchemaError):
    """Raised when an envelope can be read but its data does not fit the payload model."""


class UnwritableEvent(SchemaError):
    """Raised when an event is published that no reader could read: too large, or not to be put as JSON."""

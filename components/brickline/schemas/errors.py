"""What can be wrong with the bytes of an event. Each is a contract failure: trying again cannot help."""


class SchemaError(Exception):
    """Root of everything this brick raises."""


class UnreadableEvent(SchemaError):
    """Raised when bytes are not a CloudEvents 1.0 JSON envelope with this system's attributes."""


class UnexpectedTopic(SchemaError):
    """Raised when an event reaches a reader of another topic."""


class UnknownVersion(SchemaError):
    """Raised when no path of upcasters leads from an event's version to the one its reader knows."""


class InvalidPayload(SchemaError):
    """Raised when an envelope can be read but its data does not fit the payload model."""

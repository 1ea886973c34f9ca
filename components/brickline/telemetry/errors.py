"""What can go wrong while a service makes itself observable."""


class TelemetryError(Exception):
    """The root of this brick's errors."""


class ListenError(TelemetryError):
    """Raised when a server cannot listen on its address; the text names the address and what to do."""

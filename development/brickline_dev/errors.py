"""What can go wrong with the servers of development and tests."""


class DevelopmentError(Exception):
    """A server or service wanted for development cannot run; the message says why and what to do."""


class NodeError(DevelopmentError):
    """Raised when a private RabbitMQ node cannot be started."""


class NoBrokerError(DevelopmentError):
    """Raised when no RabbitMQ can be had here; the message names every way that was tried."""


class ServiceError(DevelopmentError):
    """Raised when a service ends that should go on running."""

"""What can go wrong while contestants are compared."""


class ComparisonError(Exception):
    """A comparison that does not count; the message says which contestant did what."""


class PeerMissing(ComparisonError):
    """Raised when a peer cannot be installed; the message quotes the installer."""


class ContestantFailed(ComparisonError):
    """Raised when a contestant ended with an error or did not end in time; its last words are quoted."""

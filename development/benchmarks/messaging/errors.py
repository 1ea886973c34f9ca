"""What can go wrong while messaging is compared."""

from benchmarks.errors import ComparisonError


class NotExactlyOnce(ComparisonError):
    """Raised when what a contestant left behind is not every event exactly once: its speed means nothing."""

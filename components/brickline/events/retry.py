"""When to try again."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter: a random wait between nothing and a bound that doubles.

    Full jitter spreads a herd best: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    max_attempts: int = 6
    """Including the first."""
    base_s: float = 1.0
    """The bound of the first wait, in seconds."""
    cap_s: float = 300.0
    """No bound grows past this, in seconds."""

    def delay_s(self, attempt: int) -> float:
        """Return how long to wait after the `attempt`-th try failed, in seconds."""
        bound = min(self.cap_s, self.base_s * 2.0 ** min(attempt - 1, 60))
        return random.uniform(0, bound)  # noqa: S311  # jitter, not a secret

    def exhausted_by(self, attempt: int) -> bool:
        """Tell whether the `attempt`-th try was the last."""
        return attempt >= self.max_attempts

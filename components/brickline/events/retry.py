"""When to try again, and when no more."""

import math
import random
from dataclasses import dataclass
from datetime import datetime

from brickline.events.errors import EventsError

MAX_ATTEMPTS = 10_000
"""No policy has more. A bus need not believe a message that claims to have been tried more often."""

_LONGEST_WAIT_S = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with full jitter: a random wait between nothing and a bound that doubles.

    Full jitter spreads a herd best: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    Raises `EventsError` for values that make no sense.
    """

    max_attempts: int = 6
    """Including the first."""
    base_s: float = 1.0
    """The bound of the first wait, in seconds."""
    cap_s: float = 300.0
    """No bound grows past this, in seconds."""
    max_age_s: float | None = None
    """No further try begins later than so many seconds after the event occurred, deferred or not.

    An event that fails and whose next try would be later becomes a dead letter at once (`expired`): waiting
    longer could only delay the news. The first try is always made, for an event that was long in a queue or
    comes from a replay too. None: only attempts are counted, so that an event can be deferred for ever.
    """

    def __post_init__(self) -> None:
        if not 1 <= self.max_attempts <= MAX_ATTEMPTS:
            raise _senseless("max_attempts", self.max_attempts, f"from 1 (no retry) to {MAX_ATTEMPTS:,}")
        for name, value in (("base_s", self.base_s), ("cap_s", self.cap_s)):
            if not 0 < value <= _LONGEST_WAIT_S:
                raise _senseless(name, value, f"seconds above 0 and up to {_LONGEST_WAIT_S:,.0f}, a week")
        if self.max_age_s is not None and not 0 < self.max_age_s < math.inf:
            raise _senseless("max_age_s", self.max_age_s, "seconds above 0, or None for no limit")

    def delay_s(self, attempt: int) -> float:
        """Return how long to wait after the `attempt`-th try failed, in seconds."""
        bound = min(self.cap_s, self.base_s * 2.0 ** min(attempt - 1, 60))
        return random.uniform(0, bound)  # noqa: S311  # jitter, not a secret

    def exhausted_by(self, attempt: int) -> bool:
        """Tell whether the `attempt`-th try was the last."""
        return attempt >= self.max_attempts

    def too_old_at(self, moment: datetime, occurred_at: datetime) -> bool:
        """Tell whether an event that occurred at `occurred_at` is not to be tried at `moment` any more."""
        return self.max_age_s is not None and (moment - occurred_at).total_seconds() > self.max_age_s


def _senseless(name: str, value: float, wanted: str) -> EventsError:
    return EventsError(f"RetryPolicy.{name} is {value}: give it {wanted}")

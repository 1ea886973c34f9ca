"""How a model fares at the moment."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ModelState:
    """What all workers together know of one model, in times of this machine's clock."""

    latency_s: float | None = None
    """How long its answers take lately; None: not known."""
    open_until: datetime | None = None
    """Its breaker is open: until then it is not called. Once that is past, one call probes it."""
    throttled_until: datetime | None = None
    """Its provider asked not to be called before."""
    reason: str = ""
    """Why it is open or throttled."""

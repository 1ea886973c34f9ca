"""What a caller asks the ledger for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import randbits
from uuid import UUID

from pydantic import JsonValue

from brickline.budget import checks

_ID_BITS = 53  # as many as a number of JSON is sure to keep


@dataclass(frozen=True, slots=True)
class Wish:
    """One call that wants money. Raises `InvalidRequest` where the ledger could not hold it."""

    tenant: str
    event_id: UUID
    step: str
    attempt: int
    """Counts from 1; tenant, event, step and attempt make a call the one it is."""
    trace_id: str
    model: str
    """By its name in the models file."""
    amount_micros: int
    """The most that the call can cost, in micro-dollars."""
    fingerprint: bytes | None
    """A hash of all that the answer depends on: one call with it is in hand at a time. None: do not share."""
    lease_s: float = 15
    """How long a reservation lives that is not dispatched."""
    note: Mapping[str, JsonValue] = field(default_factory=dict)
    """Whatever else is to be known of the call; looked at when it is written."""
    share_s: float = 0
    """An answer to the same question that is younger than this serves instead of the call, ..."""
    answer_seen: int | None = None
    """... unless it is this entry's, which the caller knows and has no use for."""

    entry_id: int = field(default_factory=lambda: randbits(_ID_BITS))
    """The number its entry gets. Who does not hear whether it was reserved can release it all the same."""

    def __post_init__(self) -> None:
        for what in ("tenant", "step", "trace_id", "model"):
            checks.check_name(what, getattr(self, what))
        checks.check_event_id(self.event_id)
        checks.check_entry_id(self.entry_id)
        checks.check_attempt(self.attempt)
        checks.check_amount("amount_micros", self.amount_micros)
        checks.check_seconds("lease_s", self.lease_s)
        checks.check_seconds("share_s", self.share_s)
        if self.answer_seen is not None:
            checks.check_entry_id(self.answer_seen)
        if self.fingerprint is not None:
            checks.check_fingerprint(self.fingerprint)

"""An event that a group gave up, on its way into the table."""

import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

from brickline.events.error_text import describe, message_of

_VARIABLE_PARTS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One event, one group, and why the group gave up."""

    event_id: UUID
    group_id: str
    topic: str
    tenant: str | None
    """None, like `trace_id`, where the bytes hold no event: such a letter cannot be replayed as it is."""
    trace_id: str | None
    reason: str
    """`contract`, `permanent`, or `exhausted` after the last retry."""
    error: BaseException
    attempts: int
    body: bytes

    @property
    def error_text(self) -> str:
        """The error in one line, cut to 2,000 characters."""
        return describe(self.error)

    @property
    def fingerprint(self) -> str:
        """16 hex digits, equal for failures that differ only in ids, numbers and quoted values."""
        shape = _VARIABLE_PARTS.sub("*", message_of(self.error))
        key = "\n".join((self.group_id, self.topic, self.reason, type(self.error).__name__, shape))
        return hashlib.sha256(key.encode()).hexdigest()[:16]

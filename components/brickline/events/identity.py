"""What can be told of a message, whatever its bytes and whatever its headers say."""

import hashlib
from dataclasses import dataclass
from typing import Self
from uuid import UUID, uuid5

from brickline.events.bus import Message
from brickline.events.error_text import storable
from brickline.events.outbox import Origin
from brickline.events.trail import Trail
from brickline.schemas import Envelope, UnreadableEvent, peek

_UNREADABLE = UUID("8f6f2f2e-6d0a-5b0e-9f43-1c1f0c2f6b5a")  # namespace of ids for bytes that hold none
_NOBODY = Origin("unknown", "f" * 32)


@dataclass(frozen=True, slots=True)
class Identity:
    """An event as its own bytes name it, or bytes that are no event.

    No header names either: bytes that are no event, settled under the id that a header claims, would take the
    place of the event that has this id, and it would be lost.
    """

    event_id: UUID
    """The same for the same bytes, so that duplicates of garbage are skipped too."""
    topic: str
    envelope: Envelope | None

    @classmethod
    def of(cls, message: Message) -> Self:
        """Look into the message."""
        try:
            envelope = peek(message.body)
        except UnreadableEvent:
            made_up = uuid5(_UNREADABLE, hashlib.sha256(message.body).hexdigest())
            return cls(made_up, storable(message.topic), None)
        return cls(envelope.id, storable(envelope.type), envelope)

    @property
    def tenant(self) -> str | None:
        """Whose event it is; None, like `trace_id`, where there is none."""
        return self.envelope.tenant if self.envelope else None

    @property
    def trace_id(self) -> str | None:
        """The trace it belongs to."""
        return self.envelope.traceparent if self.envelope else None

    @property
    def subject(self) -> str | None:
        """What it is about, cut to what a line of text can be."""
        return storable(self.envelope.subject) if self.envelope and self.envelope.subject else None

    @property
    def origin(self) -> Origin:
        """Of what is published because of it."""
        if self.envelope is None:
            return _NOBODY
        return Origin(self.envelope.tenant, self.envelope.traceparent, self.envelope.jobid, self.event_id)

    def trail(self, attempt: int) -> Trail | None:
        """What it leaves behind; None for bytes that are no event."""
        return Trail.of_envelope(self.envelope, attempt) if self.envelope else None

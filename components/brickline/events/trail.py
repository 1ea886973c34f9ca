"""What an event leaves behind in the rows of those who handled it, so that its trace can be told."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from brickline.events.error_text import storable
from brickline.schemas import BaseEvent, Envelope

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)

_storable_name = lru_cache(maxsize=256)(storable)  # there are few, and this is asked for every event


@dataclass(frozen=True, slots=True)
class Trail:
    """Where an event came from, and how often it had been tried by then."""

    trace_id: str
    topic: str
    source: str
    """The service that published it."""
    published_at: datetime
    attempt: int

    @classmethod
    def of(cls, event: BaseEvent[Any], attempt: int) -> Self:
        """Take it from an event that was read."""
        source, published_at = _storable_name(event.source), _storable_moment(event.occurred_at)
        return cls(event.trace_id, event.topic, source, published_at, attempt)

    @classmethod
    def of_envelope(cls, envelope: Envelope, attempt: int) -> Self:
        """Take it from an event whose payload cannot be read."""
        topic, source = _storable_name(envelope.type), _storable_name(envelope.source)
        return cls(envelope.traceparent, topic, source, _storable_moment(envelope.time), attempt)


def _storable_moment(moment: datetime) -> datetime:
    """Move what a strange clock says to where neither Python nor Postgres fails to change its time zone."""
    return moment if 1970 <= moment.year < 9999 else min(max(moment, _EARLIEST), _LATEST)

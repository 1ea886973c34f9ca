"""What a group tells other services of an event that it did not settle."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from brickline.events.dead_letters import DeadLetter
from brickline.events.error_text import message_of, storable
from brickline.events.errors import Deferred
from brickline.schemas import BaseEvent, EventDeadLettered, EventDeferred, Payload

ANNOUNCEMENTS: tuple[type[Payload], ...] = (EventDeadLettered, EventDeferred)
"""What every service may publish, whatever its steps declare."""

_TOPICS = frozenset(payload.topic for payload in ANNOUNCEMENTS)


def is_announced(topics: Iterable[str]) -> bool:
    """Tell whether to announce what becomes of an event of these topics: not of announcements themselves.

    A failing reader of them would feed itself. And what an announcement is about has not failed, nor does it
    wait, because nobody could take notice of it.
    """
    return _TOPICS.isdisjoint(topics)


def given_up(letter: DeadLetter, subject: str | None) -> EventDeadLettered:
    """Announce a dead letter, whose event is about `subject`."""
    return EventDeadLettered(
        event_id=letter.event_id,
        event_topic=letter.topic,
        group_id=letter.group_id,
        reason=letter.reason,
        error=letter.error_text,
        event_subject=subject,
    )


def put_back(event: BaseEvent[Any], group_id: str, error: Exception, until: datetime) -> EventDeferred | None:
    """Announce that the event waits, if its handler said what for."""
    if not isinstance(error, Deferred) or error.waiting_for is None or not is_announced([event.topic]):
        return None
    subject = event.payload.subject
    return EventDeferred(
        event_id=event.event_id,
        event_topic=event.topic,
        group_id=group_id,
        waiting_for=storable(error.waiting_for),
        until=until,
        detail=message_of(error),
        event_subject=None if subject is None else storable(subject),
    )

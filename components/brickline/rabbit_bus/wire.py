"""Messages as AMQP: the event is the body; what routing needs again on a retry is in the headers."""

from uuid import UUID

from aio_pika.abc import AbstractIncomingMessage, FieldValue
from aiormq import spec

from brickline.events import MAX_ATTEMPTS, Message, Place

_PERSISTENT = 2
_EVENT_ID = "brickline-event-id"
_TOPIC = "brickline-topic"
_ATTEMPT = "brickline-attempt"
_ORDERING_KEY = "brickline-ordering-key"
_POSITION = "brickline-position"
_MAX_POSITION = 2**63  # a bigint


def properties_of(message: Message) -> spec.Basic.Properties:
    """Return what goes with the body: persistent, and what routing needs again.

    Without a message id, for then the library makes up a new one for each attempt: returned messages are
    matched by it, and two attempts in flight with one id would swap their outcomes.
    """
    headers: dict[str, FieldValue] = {_TOPIC: message.topic, _ATTEMPT: message.attempt}
    if message.event_id is not None:
        headers[_EVENT_ID] = str(message.event_id)
    if message.place is not None:
        headers |= {_ORDERING_KEY: str(message.place.key), _POSITION: message.place.position}
    return spec.Basic.Properties(
        content_type="application/cloudevents+json", delivery_mode=_PERSISTENT, headers=headers
    )


def from_amqp(incoming: AbstractIncomingMessage, group_id: str) -> Message:
    """Read a delivery. Headers that are missing or forged cost what they say, never the message."""
    topic, attempt = incoming.headers.get(_TOPIC), incoming.headers.get(_ATTEMPT)
    return Message(
        body=incoming.body,
        topic=topic if isinstance(topic, str) and topic else incoming.routing_key or "",
        event_id=_uuid(incoming.headers.get(_EVENT_ID)),
        group_id=group_id,
        attempt=attempt if isinstance(attempt, int) and 1 <= attempt <= MAX_ATTEMPTS else 1,
        place=_place(incoming),
    )


def _place(incoming: AbstractIncomingMessage) -> Place | None:
    key, position = _uuid(incoming.headers.get(_ORDERING_KEY)), incoming.headers.get(_POSITION)
    if key is None or not isinstance(position, int) or not 0 < position < _MAX_POSITION:
        return None
    return Place(key, position)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None

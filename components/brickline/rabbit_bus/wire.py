"""Messages as AMQP: the event is the body; what routing needs again on a retry is in the headers."""

from uuid import UUID

from aio_pika.abc import FieldValue
from aiormq import spec
from aiormq.abc import DeliveredMessage

from brickline.events import MAX_ATTEMPTS, Message, Place

_PERSISTENT = 2
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
    return spec.Basic.Properties(
        content_type="application/cloudevents+json",
        delivery_mode=_PERSISTENT,
        correlation_id=None if message.event_id is None else str(message.event_id),
        headers=_headers(message) or None,
    )


def _headers(message: Message) -> dict[str, FieldValue]:
    """Return what the routing key and the defaults do not say: nothing, for most messages."""
    headers: dict[str, FieldValue] = {}
    if message.group_id is not None:
        headers[_TOPIC] = message.topic
    if message.attempt != 1:
        headers[_ATTEMPT] = message.attempt
    if message.place is not None:
        headers |= {_ORDERING_KEY: str(message.place.key), _POSITION: message.place.position}
    return headers


def from_amqp(incoming: DeliveredMessage, group_id: str) -> Message:
    """Read a delivery. Properties that are missing or forged cost what they say, never the message."""
    properties = incoming.header.properties
    headers = properties.headers or {}
    topic, attempt = headers.get(_TOPIC), headers.get(_ATTEMPT)
    return Message(
        body=incoming.body,
        topic=topic if isinstance(topic, str) and topic else incoming.routing_key or "",
        event_id=_uuid(properties.correlation_id),
        group_id=group_id,
        attempt=attempt if isinstance(attempt, int) and 1 <= attempt <= MAX_ATTEMPTS else 1,
        place=_place(headers),
    )


def _place(headers: dict[str, FieldValue]) -> Place | None:
    key, position = _uuid(headers.get(_ORDERING_KEY)), headers.get(_POSITION)
    if key is None or not isinstance(position, int) or not 0 < position < _MAX_POSITION:
        return None
    return Place(key, position)


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None

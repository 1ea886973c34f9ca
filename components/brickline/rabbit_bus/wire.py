"""Messages as AMQP: the event is the body; what routing needs again on a retry is in the headers."""

from uuid import UUID, uuid4

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, FieldValue

from brickline.events import Message

_EVENT_ID = "brickline-event-id"
_TOPIC = "brickline-topic"
_ATTEMPT = "brickline-attempt"
_MAX_ATTEMPT = 10_000


def to_amqp(message: Message) -> aio_pika.Message:
    """Return the persistent AMQP message.

    Its message id is new each time: returned messages are matched by it, and two attempts in flight with
    one id would swap their outcomes.
    """
    headers: dict[str, FieldValue] = {_TOPIC: message.topic, _ATTEMPT: message.attempt}
    if message.event_id is not None:
        headers[_EVENT_ID] = str(message.event_id)
    return aio_pika.Message(
        message.body,
        message_id=uuid4().hex,
        content_type="application/cloudevents+json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers=headers,
    )


def from_amqp(incoming: AbstractIncomingMessage, group_id: str) -> Message:
    """Read a delivery. Headers that are missing or forged cost what they say, never the message."""
    topic, attempt = incoming.headers.get(_TOPIC), incoming.headers.get(_ATTEMPT)
    return Message(
        body=incoming.body,
        topic=topic if isinstance(topic, str) and topic else incoming.routing_key or "",
        event_id=_uuid(incoming.headers.get(_EVENT_ID)),
        group_id=group_id,
        attempt=attempt if isinstance(attempt, int) and 1 <= attempt <= _MAX_ATTEMPT else 1,
    )


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None

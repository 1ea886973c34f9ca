"""Events as bytes: CloudEvents 1.0 in structured JSON mode.

`type` is the topic, `dataschema` names topic and version, and `traceparent` is the *starting* trace context
(the Distributed Tracing extension). `tenant`, `jobid` and `causationid` are extensions of this system.
"""

from functools import cache

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from brickline.schemas.cloud_event import CloudEvent, Envelope
from brickline.schemas.envelope import BaseEvent, PayloadT
from brickline.schemas.errors import InvalidPayload, UnexpectedTopic, UnreadableEvent, UnwritableEvent
from brickline.schemas.limits import MAX_EVENT_BYTES, check_size, check_time
from brickline.schemas.upcast import upcast


@cache
def _reader(payload_type: type[PayloadT]) -> TypeAdapter[CloudEvent[PayloadT]]:
    return TypeAdapter(CloudEvent[payload_type])  # type: ignore[valid-type]  # a model built at run time


def encode(event: BaseEvent[PayloadT]) -> bytes:
    """Return the event as CloudEvents JSON. The span of `traceparent` is the last half of the event id.

    Raises `UnwritableEvent` rather than return what every reader would refuse.
    """
    document: dict[str, object] = {
        "specversion": "1.0",
        "id": event.event_id,
        "type": event.topic,
        "source": event.source,
        "time": event.occurred_at,
        "datacontenttype": "application/json",
        "dataschema": f"urn:brickline:schema:{event.topic}:{event.version}",
        "traceparent": f"00-{event.trace_id}-{event.event_id.hex[16:]}-01",
        "tenant": event.tenant,
        "data": event.payload,
    }
    optional = {"subject": event.payload.subject, "jobid": event.job_id, "causationid": event.causation_id}
    # CloudEvents has no null: an attribute without a value is left out.
    document.update({name: value for name, value in optional.items() if value is not None})
    return _written(document, event.topic)


def decode(body: bytes, payload_type: type[PayloadT]) -> BaseEvent[PayloadT]:
    """Read an event whose payload is `payload_type`, bringing an older version up to date.

    Raises `UnreadableEvent`, `OversizedEvent`, `FutureEvent`, `UnexpectedTopic`, `UnknownVersion` or
    `InvalidPayload`.
    """
    check_size(body)
    try:
        read = _reader(payload_type).validate_json(body)
        current = read.type == payload_type.topic and read.dataschema == payload_type.version
    except ValidationError:
        current = False
    if not current:
        read = _decode_slowly(body, payload_type)
    check_time(read.time)
    return BaseEvent[payload_type].model_construct(  # type: ignore[valid-type]  # validated one line above
        event_id=read.id,
        trace_id=read.traceparent,
        topic=payload_type.topic,
        version=payload_type.version,
        occurred_at=read.time,
        source=read.source,
        tenant=read.tenant,
        job_id=read.jobid,
        causation_id=read.causationid,
        payload=read.data,
    )


def peek(body: bytes) -> Envelope:
    """Read the envelope alone, whatever its time. Raises `UnreadableEvent`, `OversizedEvent`."""
    check_size(body)
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableEvent(f"not an event of this system: {_first(error)}") from error


def _written(document: dict[str, object], topic: str) -> bytes:
    try:
        body = to_json(document)
    except ValueError as error:  # its text may quote the payload
        raise UnwritableEvent(
            f"the payload of {topic!r} cannot be put as JSON: {type(error).__name__}"
        ) from error
    if len(body) > MAX_EVENT_BYTES:
        raise UnwritableEvent(
            f"an event of {topic!r} has {len(body):,} bytes and the limit is {MAX_EVENT_BYTES:,}: "
            "publish its content in parts, or where to find it"
        )
    return body


def _decode_slowly(body: bytes, payload_type: type[PayloadT]) -> CloudEvent[PayloadT]:
    """Decode what is old or wrong: say which, step by step."""
    envelope = peek(body)
    if envelope.type != payload_type.topic:
        raise UnexpectedTopic(f"this reader is of {payload_type.topic!r}; the event is a {envelope.type!r}")
    data = upcast(envelope.data, envelope.dataschema, payload_type)
    try:
        payload = payload_type.model_validate_json(data)
    except ValidationError as error:
        raise InvalidPayload(
            f"data of {envelope.type!r} version {envelope.dataschema} does not fit {payload_type.__name__} "
            f"version {payload_type.version}: {_first(error)}"
        ) from error
    return CloudEvent[PayloadT].model_construct(**{**dict(envelope), "data": payload})


def _first(error: ValidationError) -> str:
    """Return the first complaint, naming the field and never the value, which may be a tenant's text."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}{more}"

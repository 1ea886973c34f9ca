"""Events as bytes: CloudEvents 1.0 in structured JSON mode.

`type` is the topic, `dataschema` names topic and version, and `traceparent` is the *starting* trace context
(the Distributed Tracing extension). `tenant`, `jobid` and `causationid` are extensions of this system.
"""

import re
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import to_json

from brickline.schemas.envelope import BaseEvent, PayloadT, Tenant, TraceId
from brickline.schemas.errors import InvalidPayload, UnexpectedTopic, UnreadableEvent
from brickline.schemas.upcast import upcast

DataT = TypeVar("DataT")

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_DATASCHEMA = re.compile(r"urn:brickline:schema:[^:]+:([1-9][0-9]{0,5})")


def _trace_id(traceparent: object) -> str:
    match = _TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
    if match is None:
        raise ValueError("must be a W3C traceparent, 00-<32 hex>-<16 hex>-<2 hex>")
    return match[1]


def _version(dataschema: object) -> int:
    match = _DATASCHEMA.fullmatch(dataschema) if isinstance(dataschema, str) else None
    if match is None:
        raise ValueError("must be urn:brickline:schema:<topic>:<version>")
    return int(match[1])


class _CloudEvent(BaseModel, Generic[DataT]):
    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: UUID
    type: Annotated[str, Field(min_length=1, max_length=128)]
    source: Annotated[str, Field(min_length=1, max_length=64)]
    time: AwareDatetime
    dataschema: Annotated[int, BeforeValidator(_version)]
    traceparent: Annotated[TraceId, BeforeValidator(_trace_id)]
    subject: str | None = None
    tenant: Tenant
    jobid: UUID | None = None
    causationid: UUID | None = None
    data: DataT


Envelope = _CloudEvent[Any]
"""An event whose data nobody has looked at: what is left to report when its payload cannot be read."""


@cache
def _reader(payload_type: type[PayloadT]) -> TypeAdapter[_CloudEvent[PayloadT]]:
    return TypeAdapter(_CloudEvent[payload_type])  # type: ignore[valid-type]  # a model built at run time


def encode(event: BaseEvent[PayloadT]) -> bytes:
    """Return the event as CloudEvents JSON. The span of `traceparent` is the last half of the event id."""
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
    return to_json(document)


def decode(body: bytes, payload_type: type[PayloadT]) -> BaseEvent[PayloadT]:
    """Read an event whose payload is `payload_type`, bringing an older version up to date.

    Raises `UnreadableEvent`, `UnexpectedTopic`, `UnknownVersion` or `InvalidPayload`.
    """
    try:
        read = _reader(payload_type).validate_json(body)
        current = read.type == payload_type.topic and read.dataschema == payload_type.version
    except ValidationError:
        current = False
    if not current:
        read = _decode_slowly(body, payload_type)
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
    """Read the envelope alone. Raises `UnreadableEvent`."""
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise UnreadableEvent(f"not an event of this system: {_first(error)}") from error


def _decode_slowly(body: bytes, payload_type: type[PayloadT]) -> _CloudEvent[PayloadT]:
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
    return _CloudEvent[PayloadT].model_construct(**{**dict(envelope), "data": payload})


def _first(error: ValidationError) -> str:
    """Return the first complaint, naming the field and never the value, which may be a tenant's text."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}{more}"

"""The form of an event on the wire, as a model."""

import re
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from brickline.schemas.envelope import Tenant, TraceId

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


class CloudEvent(BaseModel, Generic[DataT]):
    """CloudEvents 1.0 attributes with the extensions of this system; others are ignored."""

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


Envelope = CloudEvent[Any]
"""An event whose data nobody has looked at: what is left to report when its payload cannot be read."""

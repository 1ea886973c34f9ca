"""The form of an event on the wire, as a model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from brickline.schemas.envelope import Tenant, TraceId

DataT = TypeVar("DataT")


@dataclass(frozen=True)
class _TakenFrom:
    """Reads an attribute whose text holds more than is of use. The pattern stands in its recorded schema."""

    pattern: str
    take: Callable[[str], object]

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=self.pattern)
        taken = core_schema.no_info_after_validator_function(self.take, text)
        return core_schema.chain_schema([taken, handler(source)])


def _trace_id(traceparent: str) -> str:
    return traceparent.split("-")[1]


def _version(dataschema: str) -> int:
    return int(dataschema.rpartition(":")[2])


_TRACEPARENT = r"^[a-f0-9]{2}-[a-f0-9]{32}-[a-f0-9]{16}-[a-f0-9]{2}$"
_DATASCHEMA = r"^urn:brickline:schema:[^:]+:[1-9][0-9]{0,5}$"


class CloudEvent(BaseModel, Generic[DataT]):
    """CloudEvents 1.0 attributes with the extensions of this system; others are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"]
    id: UUID
    type: Annotated[str, Field(min_length=1, max_length=128)]
    source: Annotated[str, Field(min_length=1, max_length=64)]
    time: AwareDatetime
    dataschema: Annotated[int, _TakenFrom(_DATASCHEMA, _version)]
    traceparent: Annotated[TraceId, _TakenFrom(_TRACEPARENT, _trace_id)]
    subject: str | None = None
    tenant: Tenant
    jobid: UUID | None = None
    causationid: UUID | None = None
    data: DataT


Envelope = CloudEvent[Any]
"""An event whose data nobody has looked at: what is left to report when its payload cannot be read."""

"""The envelope every event travels in."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializeAsAny,
    StringConstraints,
)

from brickline.schemas.payload import Payload


def _not_all_zero(trace_id: str) -> str:
    if not trace_id.strip("0"):
        raise ValueError("a trace id of zeros means that there is none")
    return trace_id


TraceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$"), AfterValidator(_not_all_zero)]
"""A W3C trace id: 32 lowercase hexadecimal digits, not all zero."""

Tenant = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
"""Whose data an event carries."""

PayloadT = TypeVar("PayloadT", bound=Payload)


class BaseEvent(BaseModel, Generic[PayloadT]):
    """One immutable fact: a payload, and where, when, for whom and because of what it came about."""

    model_config = ConfigDict(frozen=True)

    event_id: UUID
    """UUIDv7. The key of every idempotency check; kept by retries and replays."""
    trace_id: TraceId
    topic: Annotated[str, Field(min_length=1, max_length=128)]
    version: Annotated[int, Field(ge=1)]
    occurred_at: AwareDatetime
    source: Annotated[str, Field(min_length=1, max_length=64)]
    """The service that published the event."""
    tenant: Tenant
    job_id: UUID | None = None
    causation_id: UUID | None = None
    """The event whose handling published this one; None at the start of a pipeline."""
    payload: SerializeAsAny[PayloadT]

    @classmethod
    def of(
        cls,
        payload: PayloadT,
        *,
        event_id: UUID,
        trace_id: str,
        occurred_at: datetime,
        source: str,
        tenant: str,
        job_id: UUID | None = None,
        causation_id: UUID | None = None,
    ) -> "BaseEvent[PayloadT]":
        """Wrap a payload; topic and version are the payload class's own."""
        return cls(
            event_id=event_id,
            trace_id=trace_id,
            topic=payload.topic,
            version=payload.version,
            occurred_at=occurred_at,
            source=source,
            tenant=tenant,
            job_id=job_id,
            causation_id=causation_id,
            payload=payload,
        )

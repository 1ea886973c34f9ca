"""The envelope every event travels in, and the base of every payload."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, TypeVar
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


def _not_all_zero(trace_id: str) -> str:
    if not trace_id.strip("0"):
        raise ValueError("a trace id of zeros means that there is none")
    return trace_id


TraceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$"), AfterValidator(_not_all_zero)]
"""A W3C trace id: 32 lowercase hexadecimal digits, not all zero."""

Tenant = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")]
"""Whose data an event carries."""

Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Turns the JSON data of one version of a payload into that of the next."""


class Payload(BaseModel):
    """Base of the payload models: one class is the newest version of one topic.

    Readers ignore fields they do not know, so that a writer may add one without a new version. A change that
    is not additive raises `version` and adds an entry to `upcasters`, keyed by the version it starts from.
    """

    # JSON has neither infinity nor NaN: one would be written as null, which no reader takes for a number.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    topic: ClassVar[str]
    version: ClassVar[int] = 1
    upcasters: ClassVar[Mapping[int, Upcaster]] = {}
    ordered: ClassVar[bool] = False
    """Whether events of one tenant and one `subject` are handled in the order in which they were published.

    Costs throughput: a group of such a topic works in one process at a time, and of one subject one event at
    a time is on its way.
    """

    @property
    def subject(self) -> str | None:
        """What the event is about (CloudEvents' `subject`): one string for all events of a document."""
        return None


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

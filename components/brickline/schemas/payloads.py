"""Every payload of the pipeline, in the order in which a document meets them."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from brickline.schemas.payload import Payload

MAX_INLINE_BYTES = 256 * 1024
"""The most UTF-8 bytes of text one event carries; a longer document travels as several parts."""


class _DocumentPayload(Payload):
    document_id: UUID

    @property
    def subject(self) -> str:
        """The document's id."""
        return str(self.document_id)


class DataProcessed(_DocumentPayload):
    """A document, or a part of one, is ready to be analysed (ingestion -> analysis, reporting)."""

    topic: ClassVar[str] = "data.processed"

    title: Annotated[str, Field(min_length=1, max_length=300)]
    content: Annotated[str, Field(min_length=1)]
    part: Annotated[int, Field(ge=1)] = 1
    """Counted from 1."""
    parts: Annotated[int, Field(ge=1)] = 1


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL character, which no text does")
    return text


class Insights(BaseModel):
    """What a model found in a document. The bounds hold whatever the document tells the model to write."""

    model_config = ConfigDict(frozen=True)

    # No database column takes a NUL, and a model that is told to write one may.
    summary: Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_without_nul)]
    themes: Annotated[
        tuple[
            Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_without_nul)], ...
        ],
        Field(max_length=12),
    ] = ()
    """Most important first."""


class AnalysisCompleted(_DocumentPayload):
    """All parts of a document are analysed (analysis -> reporting, ingestion)."""

    topic: ClassVar[str] = "analysis.completed"

    title: Annotated[str, Field(min_length=1, max_length=300)]
    insights: Insights
    model: Annotated[str, Field(min_length=1, max_length=200)]
    """What produced the insights, as its provider names itself."""
    degraded: bool = False
    """A cheaper model answered, at least in part, where the budget had no room for the one preferred."""
    repaired: bool = False
    """An answer did not fit at first, at least in part, and its model put it right."""
    cost_micros: Annotated[int, Field(ge=0)] = 0
    """What the models charge for the document, its parts together, in millionths of a US dollar."""


class ReportUpdated(_DocumentPayload):
    """A document's insights can be read and count in the reports (reporting -> ingestion)."""

    topic: ClassVar[str] = "report.updated"


class _Announcement(Payload):
    """What a consumer group tells of an event that it did not settle."""

    event_id: UUID
    event_topic: str
    group_id: str
    event_subject: str | None = None

    @property
    def subject(self) -> str | None:
        """What the event that is told of is about."""
        return self.event_subject

    @property
    def document_id(self) -> UUID | None:
        """The document that it is about, if it is about one."""
        try:
            return UUID(self.event_subject) if self.event_subject else None
        except ValueError:
            return None


class EventDeadLettered(_Announcement):
    """A consumer group gave an event up; it waits among that service's dead letters (any -> any)."""

    topic: ClassVar[str] = "event.dead_lettered"

    reason: str
    error: str


class EventDeferred(_Announcement):
    """A consumer group put an event back until a time, for want of something (any -> ingestion)."""

    topic: ClassVar[str] = "event.deferred"

    waiting_for: str
    """What it waits for in a word or two, such as "budget"."""
    until: AwareDatetime
    """When it is handled again; for want of the same, it may then be put back again."""
    detail: str


PAYLOADS: tuple[type[Payload], ...] = (
    DataProcessed,
    AnalysisCompleted,
    ReportUpdated,
    EventDeadLettered,
    EventDeferred,
)
"""Every payload there is. Each has a snapshot beside it, against which a change is checked."""

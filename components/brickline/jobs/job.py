"""A job as a person sees it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

DocumentState = Literal["accepted", "analysed", "reported", "failed"]
JobState = Literal["running", "completed", "partial", "failed"]

_STEPS: dict[DocumentState, int] = {"accepted": 1, "analysed": 2, "reported": 3, "failed": 3}
_STEPS_PER_DOCUMENT = 3


def _aware(moment: datetime) -> datetime:
    # Of infinity, where a wait for ever ends, the driver makes a time without a zone.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Wait(BaseModel):
    """What a document waits for before it is analysed: `for` names it in a word or two, such as "budget"."""

    model_config = ConfigDict(
        frozen=True, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    what: Annotated[str, Field(alias="for")]
    until: Annotated[datetime, AfterValidator(_aware)]
    """When the analysis is tried again; in the past, its turn is about to come."""
    detail: str


class DocumentProgress(BaseModel):
    """How far one document is: accepted, analysed, reported (the end), or failed with the reason."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    title: str
    state: DocumentState
    detail: str | None = None
    waiting: Wait | None = None
    """Only while `state` is accepted."""


class Steps(BaseModel):
    """Steps done of all: three for each document. A failed document has no steps left to do."""

    model_config = ConfigDict(frozen=True)

    done: int
    total: int


class Job(BaseModel):
    """The documents of one submission.

    `completed` when all are reported; when all have ended but some or all have failed, `partial` or `failed`.
    """

    model_config = ConfigDict(frozen=True)

    job_id: UUID
    trace_id: str
    state: JobState
    steps: Steps
    documents: tuple[DocumentProgress, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(
        cls,
        job_id: UUID,
        trace_id: str,
        documents: Sequence[DocumentProgress],
        *,
        created_at: datetime,
        updated_at: datetime,
    ) -> Self:
        """Derive the state of the whole from its documents'."""
        steps = Steps(
            done=sum(_STEPS[document.state] for document in documents),
            total=_STEPS_PER_DOCUMENT * len(documents),
        )
        return cls(
            job_id=job_id,
            trace_id=trace_id,
            state=_state(documents),
            steps=steps,
            documents=tuple(documents),
            created_at=created_at,
            updated_at=updated_at,
        )


def _state(documents: Sequence[DocumentProgress]) -> JobState:
    states = {document.state for document in documents}
    if states == {"reported"}:
        return "completed"
    if states == {"failed"}:
        return "failed"
    return "partial" if states == {"reported", "failed"} else "running"

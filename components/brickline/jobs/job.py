"""A job as a person sees it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

DocumentState = Literal["accepted", "analysed", "reported", "failed"]
JobState = Literal["running", "completed", "partial", "failed"]

_STEPS: dict[DocumentState, int] = {"accepted": 1, "analysed": 2, "reported": 3, "failed": 3}
_STEPS_PER_DOCUMENT = 3


class DocumentProgress(BaseModel):
    """How far one document is: accepted, analysed, reported (the end), or failed with the reason."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    title: str
    state: DocumentState
    detail: str | None = None


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

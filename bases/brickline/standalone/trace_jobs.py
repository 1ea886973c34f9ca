"""What tier 0 knows of a trace: the documents it began with, and how their jobs ended."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict

from brickline.http_api import SERVICE as INGESTION
from brickline.jobs import DocumentProgress, Job
from brickline.persistence import Database, MigrationError, Queries

_QUERIES = Queries(__package__, "trace.sql")


class Accepted(BaseModel):
    """A document was taken in."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    service: str = INGESTION.name
    what: Literal["accepted"] = "accepted"
    document_id: UUID
    title: str
    job_id: UUID


class Done(BaseModel):
    """Every document of a job has come to its end."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    service: str = INGESTION.name
    what: Literal["done"] = "done"
    job_id: UUID
    state: str
    documents: int


async def trace_of(ingestion: Database, job_or_document_id: UUID) -> str | None:
    """Return the trace that a job or a document came about in, or None."""
    rows = await _fetch(ingestion, "trace_of", job_or_document_id)
    return next((str(row["trace_id"]) for row in rows), None)


async def jobs_of(ingestion: Database, trace_id: str) -> list[Job]:
    """Return the jobs that came about in a trace."""
    rows = await _fetch(ingestion, "jobs_of", trace_id)
    return [_job(job_id, trace_id, list(its)) for job_id, its in groupby(rows, lambda row: row["job_id"])]


def accepted(job: Job) -> list[Accepted]:
    """Return the steps that a job begins with."""
    return [
        Accepted(at=job.created_at, document_id=each.document_id, title=each.title, job_id=job.job_id)
        for each in job.documents
    ]


def done(job: Job) -> list[Done]:
    """Return the step that a job ends with, if it has ended."""
    if job.state == "running":
        return []
    return [Done(at=job.updated_at, job_id=job.job_id, state=job.state, documents=len(job.documents))]


def _job(job_id: UUID, trace_id: str, rows: Sequence[asyncpg.Record]) -> Job:
    return Job.of(
        job_id,
        trace_id,
        [DocumentProgress.model_validate(dict(row)) for row in rows],
        created_at=rows[0]["created_at"],
        updated_at=max(row["updated_at"] for row in rows),
    )


async def _fetch(ingestion: Database, query: str, argument: UUID | str) -> list[asyncpg.Record]:
    try:
        async with ingestion.connection() as connection:
            return await connection.fetch(_QUERIES[query], argument)
    except asyncpg.UndefinedTableError as error:
        raise MigrationError(f"the schema {INGESTION.name} is not that of the service ({error})") from error

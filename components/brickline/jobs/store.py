"""Jobs in the database."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import asyncpg

from brickline.events import Transaction
from brickline.jobs.job import DocumentProgress, Job, Wait
from brickline.persistence import Connection, Migrations, Queries
from brickline.schemas import DataProcessed

MIGRATIONS = Migrations(__package__)
"""The tables of jobs and their documents."""

_QUERIES = Queries(__package__)


async def open_job(tx: Transaction, job_id: UUID, titles: Mapping[UUID, str]) -> None:
    """Start to track the documents, given by id with their titles, as one job."""
    await tx.connection.execute(_QUERIES["open_job"], job_id, tx.origin.tenant, tx.origin.trace_id)
    await tx.connection.execute(_QUERIES["add_documents"], job_id, list(titles.keys()), list(titles.values()))


async def read_job(connection: Connection, tenant: str, job_id: UUID) -> Job | None:
    """Return the tenant's job, or None."""
    rows = await connection.fetch(_QUERIES["read_job"], tenant, job_id)
    if not rows:
        return None
    return Job.of(
        job_id,
        rows[0]["trace_id"],
        [_progress(row) for row in rows],
        created_at=rows[0]["created_at"],
        updated_at=max(row["updated_at"] for row in rows),
    )


async def mark_waiting(tx: Transaction, document_id: UUID, wait: Wait, told_at: datetime) -> None:
    """Note what the document waits for, unless it goes on already, or something later was told of it."""
    await tx.connection.execute(
        _QUERIES["mark_waiting"], document_id, wait.what, wait.until, wait.detail, told_at
    )


async def mark_analysed(tx: Transaction, document_id: UUID) -> None:
    """Note that insights exist. A document whose analysis had failed has been replayed with success."""
    await tx.connection.execute(_QUERIES["mark_analysed"], document_id, DataProcessed.topic)


async def mark_reported(tx: Transaction, document_id: UUID) -> None:
    """Note that the document has reached its end, in whatever order the events come."""
    await tx.connection.execute(_QUERIES["mark_reported"], document_id)


async def mark_failed(tx: Transaction, document_id: UUID, topic: str, detail: str) -> None:
    """Note that an event of `topic` waits among the dead letters, unless the document has reached its end."""
    await tx.connection.execute(_QUERIES["mark_failed"], document_id, detail, topic)


def _progress(row: asyncpg.Record) -> DocumentProgress:
    wait = None
    if row["waiting_for"] is not None:
        wait = Wait(what=row["waiting_for"], until=row["waiting_until"], detail=row["waiting_detail"])
    return DocumentProgress(
        document_id=row["document_id"],
        title=row["title"],
        state=row["state"],
        detail=row["detail"],
        waiting=wait,
    )

"""Reading the evidence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias
from uuid import UUID

import aio_pika
import asyncpg

from brickline.persistence import Queries
from chaos.evidence import DeadLetterRow, FailedAttempts, JobRow, OutboxRow, SettledRow, Tables
from chaos.stage import QUEUES

_QUERIES = Queries("chaos")
_Rows: TypeAlias = "list[asyncpg.Record]"


async def read_tables(dsn: str) -> Tables:
    """Read what the services' tables hold, all of it."""
    async with connected(dsn) as connection:

        async def rows(name: str) -> _Rows:
            return list(await connection.fetch(_QUERIES[name]))

        return Tables(
            documents=frozenset(row["document_id"] for row in await rows("documents")),
            jobs={
                row["document_id"]: JobRow(row["job_id"], row["state"], row["updated_at"])
                for row in await rows("jobs")
            },
            reports={row["document_id"]: row["has_insights"] for row in await rows("reports")},
            analyses={
                row["document_id"]: (row["parts"], row["parts_done"]) for row in await rows("analyses")
            },
            settled=tuple(SettledRow(**row) for row in await rows("settled")),
            effects=_by_document(await rows("effects")),
            dead_letters=tuple(DeadLetterRow(**row) for row in await rows("dead_letters")),
            outboxes=tuple(OutboxRow(**row) for row in await rows("outboxes")),
            attempts=tuple(FailedAttempts(**row) for row in await rows("attempts")),
        )


async def read_unfinished(dsn: str) -> tuple[int, int, int]:
    """Return how many documents there are, how many have not ended, and how many rows wait in outboxes."""
    async with connected(dsn) as connection:
        row = await connection.fetchrow(_QUERIES["unfinished"])
    return (0, 0, 0) if row is None else (row["documents"], row["unfinished"], row["waiting"])


async def read_queues(url: str) -> dict[str, int]:
    """Return how many messages every queue of the pipeline holds ready."""
    async with await aio_pika.connect(url, timeout=5) as connection:
        channel = await connection.channel()
        found = {}
        for name in QUEUES:
            queue = await channel.declare_queue(name, passive=True)
            found[name] = queue.declaration_result.message_count or 0
        return found


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """Open a connection of the harness's own, which no fault is aimed at."""
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


def _by_document(rows: _Rows) -> dict[UUID, dict[str, int]]:
    effects: dict[UUID, dict[str, int]] = {}
    for row in rows:
        effects.setdefault(row["document_id"], {})[row["effect"]] = row["times"]
    return effects

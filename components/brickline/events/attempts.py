"""Attempts that failed, as rows: why an event took so long, or why it was given up."""

from datetime import datetime
from uuid import UUID

from brickline.events.error_text import describe
from brickline.events.trail import Trail
from brickline.persistence import Connection, Queries

_QUERIES = Queries(__package__, "timeline.sql")


async def record_failed(
    connection: Connection,
    group_id: str,
    event_id: UUID,
    trail: Trail,
    *,
    failure: str,
    error: BaseException,
    due_at: datetime | None,
) -> None:
    """Write down a failed attempt, in the transaction that decides what becomes of the event.

    `failure` is its class, or the dead letter's reason. `due_at` is when the event is tried again, None where
    it is given up.
    """
    await connection.execute(
        _QUERIES["attempt_add"],
        event_id,
        group_id,
        trail.published_at,
        trail.attempt,
        trail.trace_id,
        trail.topic,
        trail.source,
        failure,
        describe(error),
        due_at,
    )

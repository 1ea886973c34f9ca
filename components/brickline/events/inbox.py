"""Which events a group has settled. A row is written in the transaction of the effects it stands for."""

from collections.abc import Sequence
from uuid import UUID

from brickline.events.sql import QUERIES
from brickline.events.trail import Trail
from brickline.persistence import Connection


async def settled_of(connection: Connection, group_id: str, event_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of the events the group has committed."""
    return {row["event_id"] for row in await connection.fetch(QUERIES["inbox_has_of"], group_id, event_ids)}


async def record_batch_settled(
    connection: Connection,
    group_id: str,
    event_ids: Sequence[UUID],
    trails: Sequence[Trail],
    *,
    handler_ms: float,
) -> int:
    """Record the events as settled in this transaction; return of how many that was news."""
    recorded = await connection.fetch(
        QUERIES["inbox_record_batch"],
        group_id,
        event_ids,
        [trail.trace_id for trail in trails],
        [trail.topic for trail in trails],
        [trail.source for trail in trails],
        [trail.published_at for trail in trails],
        [trail.attempt for trail in trails],
        handler_ms,
    )
    return len(recorded)


async def record_settled(
    connection: Connection,
    group_id: str,
    event_id: UUID,
    trail: Trail | None = None,
    *,
    handler_ms: float | None = None,
) -> bool:
    """Record the event as settled in this transaction; False if it was settled before.

    `trail` is None for bytes that are no event; `handler_ms` is how long the handler took up to its
    transaction, None where the group gave the event up. While another transaction that records the same event
    is open, this waits for its outcome.
    """
    columns = (
        (None,) * 5
        if trail is None
        else (trail.trace_id, trail.topic, trail.source, trail.published_at, trail.attempt)
    )
    recorded = await connection.fetchval(QUERIES["inbox_record"], group_id, event_id, *columns, handler_ms)
    return recorded is not None

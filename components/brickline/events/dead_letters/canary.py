"""Watching a replayed letter until it is clear what becomes of it."""

import asyncio
import time
from typing import TYPE_CHECKING

from brickline.events.dead_letters.closing import Sent
from brickline.events.dead_letters.records import Canary, CanaryOutcome
from brickline.events.dead_letters.sql import QUERIES
from brickline.persistence import Connection, Database

if TYPE_CHECKING:
    import asyncpg

_POLL_S = 0.1


async def watch(database: Database, sent: Sent, deadline: float) -> Canary:
    """Wait until the event is settled or dead again, at most to `deadline` on the monotonic clock."""
    while True:
        async with database.connection() as connection:
            row = await connection.fetchrow(
                QUERIES["outcome"], sent.dead_letter_id, sent.group_id, sent.event_id
            )
            assert row is not None  # noqa: S101  # a query without a FROM has one row
            if row["died_of"] is not None:
                return _canary(database, sent, CanaryOutcome.DEAD_AGAIN, row["died_of"])
            if row["settled"]:
                return _canary(database, sent, CanaryOutcome.SETTLED, "")
            if time.monotonic() > deadline:
                reason = await _why_not_yet(connection, database.schema, sent)
                return _canary(database, sent, CanaryOutcome.TIMED_OUT, reason)
        await asyncio.sleep(_POLL_S)


async def _why_not_yet(connection: Connection, service: str, sent: Sent) -> str:
    row: asyncpg.Record | None = await connection.fetchrow(QUERIES["waiting"], sent.group_id, sent.event_id)
    if row is None:
        return (
            f"It was sent, and the group {sent.group_id} has not settled it yet. "
            f"Does the service of that group run, and is the group not paused?"
        )
    why = f" ({row['waiting_for']})" if row["waiting_for"] else ""
    if row["attempt"] > 1:
        return f"It failed and is tried again at {row['due_at'].isoformat()}{why}."
    if row["claimed"]:
        return f"It is on its way to the group {sent.group_id}, which has not settled it yet{why}."
    return (
        f"It still waits in the outbox of {service}{why}: no relay has taken it. "
        f"Does the service {service} run? As soon as it does, the event is sent."
    )


def _canary(database: Database, sent: Sent, outcome: CanaryOutcome, detail: str) -> Canary:
    return Canary(
        dead_letter_id=sent.dead_letter_id,
        service=database.schema,
        group_id=sent.group_id,
        fingerprint=sent.fingerprint,
        event_id=sent.event_id,
        outcome=outcome,
        detail=detail,
    )

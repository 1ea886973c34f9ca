"""Which events a group has settled. A row is written in the transaction of the effects it stands for."""

from uuid import UUID

from brickline.events.sql import QUERIES
from brickline.persistence import Connection


async def is_settled(connection: Connection, group_id: str, event_id: UUID) -> bool:
    """Tell whether the group has committed the event: a cheap look before any work is done."""
    return await connection.fetchval(QUERIES["inbox_has"], group_id, event_id) is not None


async def record_settled(connection: Connection, group_id: str, event_id: UUID) -> bool:
    """Record the event as settled in this transaction; False if it was settled before.

    While another transaction that records the same event is open, this waits for its outcome.
    """
    return await connection.fetchval(QUERIES["inbox_record"], group_id, event_id) is not None

"""Groups that were paused, as rows: every process of a group sees them, the next deployed version too."""

from dataclasses import dataclass
from datetime import datetime

from brickline.events.errors import EventsError
from brickline.persistence import Connection, Queries

QUERIES = Queries(__package__, "pauses.sql")


class GroupError(EventsError):
    """Root of why an operator's wish about a consumer group is refused."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A group that takes no events until a version is deployed that reads them, or until it is resumed."""

    group_id: str
    reason: str
    sample: bytes
    """One of the events that could not be read."""
    paused_at: datetime


async def pause_group(connection: Connection, group_id: str, reason: str, sample: bytes) -> None:
    """Pause the group in every process; the first reason stands."""
    await connection.execute(QUERIES["pause"], group_id, reason, sample)


async def read_pause(connection: Connection, group_id: str) -> Pause | None:
    """Return the group's pause, or None while it goes on."""
    row = await connection.fetchrow(QUERIES["read_pause"], group_id)
    return None if row is None else Pause(**row)


async def paused_groups(connection: Connection) -> list[Pause]:
    """Return every paused group of the service."""
    return [Pause(**row) for row in await connection.fetch(QUERIES["list_pauses"])]


async def resume_group(connection: Connection, group_id: str) -> bool:
    """Let the group go on, within seconds; False if it was not paused."""
    return await connection.fetchval(QUERIES["resume"], group_id) is not None

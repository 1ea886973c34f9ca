"""Announcements as rows of the service's own tables, where an operator's command finds them."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import ValidationError

from brickline.events.presence.announcement import Announcement
from brickline.events.presence.pace import STEADY
from brickline.persistence import Database, Queries
from brickline.telemetry import get_logger

_log = get_logger(__name__)
_QUERIES = Queries(__package__, "rows.sql")


async def announced(database: Database, *, live_s: float = STEADY.live_s) -> Sequence[Announcement]:
    """Return the processes of the database's service that said within `live_s` seconds that they are there.

    `at` is by the database's clock. What a later version wrote, and cannot be read, is left out. Raises what
    the database raises, and an undefined table where the service was last started by an older version.
    """
    async with database.connection() as connection:
        rows = await connection.fetch(_QUERIES["announced"], live_s)
    found = []
    for row in rows:
        try:
            read = Announcement.model_validate_json(row["announcement"])
        except ValidationError as error:
            _log.warning("announcement.unreadable", schema=database.schema, errors=error.error_count())
        else:
            found.append(read.model_copy(update={"at": row["at"]}))
    return found


async def announce(database: Database, announcement: Announcement) -> None:
    """Write that a process is there, or still is."""
    async with database.connection() as connection:
        await connection.execute(_QUERIES["announce"], announcement.instance, announcement.model_dump_json())


async def withdraw(database: Database, instance: UUID) -> None:
    """Remove the row of a process that leaves."""
    async with database.connection() as connection:
        await connection.execute(_QUERIES["withdraw"], instance)

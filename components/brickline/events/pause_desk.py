"""An operator's view of the groups that are paused, in one or several services."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from brickline.events.pauses import QUERIES, GroupError, resume_group
from brickline.persistence import Database

if TYPE_CHECKING:
    import asyncpg


class UnknownGroup(GroupError):
    """Raised for a consumer group that no route leads to and that is not paused."""


class GroupNotPaused(GroupError):
    """Raised when a group is to be resumed that is not paused here."""


class PauseTableMissing(GroupError):
    """Raised when a service's schema is of a version that knew no pauses."""


class PausedGroup(BaseModel):
    """A group that takes no events, and what has gathered in front of it."""

    model_config = ConfigDict(frozen=True)

    service: str
    group_id: str
    paused_at: datetime
    reason: str
    waiting_in_outboxes: int
    """Events for it that no bus has yet; a broker holds the others in the group's queue, uncounted here."""
    dead_letters: int
    """What it buried and nobody has replayed or discarded."""


class PauseDesk:
    """Reads and ends pauses; `databases` by the service's name, `routes` are the groups by their topic.

    Whatever is refused is a `GroupError`, raised before anything is changed.
    """

    def __init__(self, databases: Mapping[str, Database], routes: Mapping[str, Collection[str]]) -> None:
        self._databases = dict(databases)
        self._routes = routes

    async def check(self) -> None:
        """Raise `PauseTableMissing` for a service that was last started by a version without pauses."""
        for database in self._databases.values():
            async with database.connection() as connection:
                if not await connection.fetchval(QUERIES["has_table"]):
                    raise PauseTableMissing(
                        f"The tables of the service {database.schema} are of an older version: "
                        "start the service once with this version, and it brings them up to date."
                    )

    async def paused(self) -> tuple[PausedGroup, ...]:
        """Return every paused group, service by service."""
        return tuple(
            [
                await self._burdened(service, row)
                for service, database in self._databases.items()
                for row in await _pauses(database)
            ]
        )

    async def resume(self, group_id: str) -> PausedGroup:
        """Let the group go on, in every process within seconds; return the pause that is over.

        If what waits can still not be read, the group pauses again. Its dead letters stay: replay them.
        Raises `GroupNotPaused` or `UnknownGroup`.
        """
        # Compared here and not in SQL: not every text that can be asked for can be a parameter.
        found = [pause for pause in await self.paused() if pause.group_id == group_id]
        if found and await self._resume(found[0]):
            return found[0]
        groups = sorted({group for groups in self._routes.values() for group in groups})
        if not found and group_id not in groups:
            raise UnknownGroup(f"There is no consumer group {group_id!r}; there are {', '.join(groups)}.")
        raise GroupNotPaused(
            f"The group {group_id} is not paused in {', '.join(self._databases)}. Nothing was done."
        )

    async def _resume(self, pause: PausedGroup) -> bool:
        async with self._databases[pause.service].connection() as connection:
            return await resume_group(connection, pause.group_id)

    async def _burdened(self, service: str, row: "asyncpg.Record") -> PausedGroup:
        topics = [topic for topic, groups in self._routes.items() if row["group_id"] in groups]
        waiting = 0
        for database in self._databases.values():
            async with database.connection() as connection:
                waiting += await connection.fetchval(QUERIES["count_waiting"], row["group_id"], topics)
        return PausedGroup(service=service, waiting_in_outboxes=waiting, **dict(row))


async def _pauses(database: Database) -> "list[asyncpg.Record]":
    async with database.connection() as connection:
        return await connection.fetch(QUERIES["list_burdened"])

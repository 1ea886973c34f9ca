"""What one service's dead letters say."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from brickline.events.dead_letters.cursor import Cursor
from brickline.events.dead_letters.records import (
    Body,
    Death,
    Letter,
    LetterDetail,
    LetterGroup,
    Replay,
)
from brickline.events.dead_letters.selection import LetterFilter
from brickline.events.dead_letters.sql import QUERIES
from brickline.persistence import Database

if TYPE_CHECKING:
    import asyncpg


async def read_page(
    database: Database, wanted: LetterFilter, limit: int, after: Cursor | None
) -> list[Letter]:
    """Return at most `limit` letters, newest first."""
    place = (after.dead_at, after.dead_letter_id) if after else (None, None)
    async with database.connection() as connection:
        rows = await connection.fetch(QUERIES["page"], *wanted.arguments(), *place, limit)
    return [Letter(service=database.schema, **dict(row)) for row in rows]


async def read_groups(database: Database, wanted: LetterFilter) -> list[LetterGroup]:
    """Return what failed alike, most first."""
    async with database.connection() as connection:
        rows = await connection.fetch(QUERIES["groups"], *wanted.arguments())
    return [LetterGroup(service=database.schema, **dict(row)) for row in rows]


async def read_detail(database: Database, letter_id: UUID) -> LetterDetail | None:
    """Return everything about a letter, None if this service has none of that id."""
    found = await read_page(database, LetterFilter(ids=(letter_id,)), 1, None)
    if not found:
        return None
    async with database.connection() as connection:
        body = await connection.fetchval(QUERIES["body"], letter_id)
        deaths = await connection.fetch(QUERIES["lineage"], letter_id)
    lineage = tuple(_death(row) for row in deaths)
    return LetterDetail(**dict(found[0]), body=_body(body), lineage=lineage)


def by_size(groups: Sequence[LetterGroup]) -> tuple[LetterGroup, ...]:
    """Order the groups of several services, most letters first."""
    return tuple(sorted(groups, key=lambda group: (-group.letters, group.service, group.fingerprint)))


def _death(row: "asyncpg.Record") -> Death:
    replay = None
    if row["replay_id"] is not None:
        edited = row["edited_body"]
        replay = Replay(
            replay_id=row["replay_id"],
            replayed_at=row["replayed_at"],
            replayed_by=row["replayed_by"],
            edited=edited is not None,
            body=None if edited is None else _body(edited),
        )
    return Death(
        dead_letter_id=row["dead_letter_id"],
        state=row["state"],
        dead_at=row["dead_at"],
        reason=row["reason"],
        error=row["error"],
        replay=replay,
    )


def _body(content: bytes) -> Body:
    try:
        return Body(encoding="utf-8", text=content.decode("utf-8"))
    except UnicodeDecodeError:
        return Body(encoding="base64", text=base64.b64encode(content).decode("ascii"))

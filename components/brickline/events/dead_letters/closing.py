"""Ending letters of one service: replayed or discarded, each in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from brickline.events.dead_letters.edit import check_edit
from brickline.events.dead_letters.errors import LetterClosed, UnfitEdit
from brickline.events.dead_letters.records import LetterState
from brickline.events.dead_letters.selection import LetterFilter
from brickline.events.dead_letters.sql import QUERIES
from brickline.events.error_text import storable
from brickline.persistence import Database

_MOST_AT_ONCE = 500  # letters that one transaction replays


@dataclass(frozen=True, slots=True)
class Pace:
    """So many a second from a start on."""

    start: datetime
    per_second: float

    def after(self, letters: int) -> "Pace":
        """Return the same pace once so many letters have had their turn."""
        return Pace(self.start + timedelta(seconds=letters / self.per_second), self.per_second)


@dataclass(frozen=True, slots=True)
class Batch:
    """How many letters a transaction replayed, and when the newest of them had died."""

    letters: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter whose event is on its way again."""

    dead_letter_id: UUID
    group_id: str
    fingerprint: str
    event_id: UUID


async def database_time(database: Database) -> datetime:
    """Return the time by the clock that dates the letters."""
    async with database.connection() as connection:
        now: datetime = await connection.fetchval(QUERIES["now"])
        return now


async def one_of_each(database: Database, wanted: LetterFilter) -> list[Sent]:
    """Return the oldest letter of each fingerprint that can be replayed as it is; changes nothing."""
    async with database.connection() as connection:
        rows = await connection.fetch(QUERIES["canaries"], *wanted.arguments())
    return [Sent(**dict(row)) for row in rows]


async def replay_batch(
    database: Database,
    wanted: LetterFilter,
    by: str,
    *,
    but_not: Collection[str] = (),
    pace: Pace | None = None,
) -> Batch:
    """Replay the oldest letters that match, except fingerprints `but_not`.

    Event and trace ids stay. Letters that hold no event are passed over.
    """
    start, per_second = (pace.start, pace.per_second) if pace else (None, None)
    async with database.transaction() as connection:
        rows = await connection.fetch(
            QUERIES["replay"],
            *wanted.arguments(),
            list(but_not),
            _MOST_AT_ONCE,
            start,
            per_second,
            storable(by),
        )
    return Batch(len(rows), rows[-1]["dead_at"] if rows else None)


async def replay_edited(
    database: Database, letter_id: UUID, body: bytes, by: str, *, dry_run: bool = False
) -> Sent:
    """Send `body` in the place of the letter's own, which is kept; a dry run only checks it.

    Raises `UnfitEdit` for a body that is no event, or is another event than the letter's; `LetterClosed`.
    """
    async with database.transaction() as connection:
        letter = await connection.fetchrow(QUERIES["lock"], letter_id)
        if letter is None or letter["state"] != LetterState.DEAD:
            raise LetterClosed(f"The dead letter {letter_id} was replayed or discarded meanwhile.")
        event, group_id = check_edit(body, letter), letter["group_id"]
        anew = event.id != letter["event_id"]
        if anew and await connection.fetchval(QUERIES["settled"], group_id, event.id):
            raise UnfitEdit(
                f"The group {group_id} has settled the event {event.id} before, so it would skip this body."
            )
        if not dry_run:
            await connection.execute(QUERIES["forget"], group_id, letter["event_id"])
            await connection.execute(
                QUERIES["close_edited"], letter_id, event.id, group_id, storable(by), body
            )
            await connection.execute(
                QUERIES["send_edited"], event.id, event.type, group_id, event.tenant, event.traceparent, body
            )
    return Sent(letter_id, group_id, letter["fingerprint"], event.id)


async def discard(database: Database, wanted: LetterFilter, by: str, reason: str) -> int:
    """Discard the dead letters that match; return how many."""
    async with database.transaction() as connection:
        return len(
            await connection.fetch(QUERIES["discard"], *wanted.arguments(), storable(by), storable(reason))
        )

"""What can be read from the ledger."""

from collections.abc import AsyncGenerator, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from brickline.budget import checks
from brickline.budget.entry import Entry, ModelTotal, State, Total
from brickline.budget.errors import InvalidRequest
from brickline.budget.sql import QUERIES
from brickline.persistence import Database


class Reports:
    """Reads the calls of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_trace(self, trace_id: str) -> tuple[Entry, ...]:
        """Return the calls of a trace (32 hex digits), oldest first."""
        return tuple(map(Entry.of, await self._fetch("of_trace", checks.check_name("trace_id", trace_id))))

    async def of_event(self, event_id: UUID) -> tuple[Entry, ...]:
        """Return the calls made for an event, oldest first."""
        return tuple(map(Entry.of, await self._fetch("of_event", checks.check_event_id(event_id))))

    async def entry(self, entry_id: int) -> Entry | None:
        """Return one call, None if there is none of that number."""
        rows = await self._fetch("entry", checks.check_entry_id(entry_id))
        return Entry.of(rows[0]) if rows else None

    async def costs_of(self, event_ids: Collection[UUID]) -> dict[UUID, int]:
        """Return what the calls made for each event cost in all; without events that none was made for."""
        rows = await self._fetch("costs_of", [checks.check_event_id(each) for each in event_ids])
        return {row["event_id"]: int(row["cost_micros"]) for row in rows}

    async def ambiguous(self) -> tuple[Entry, ...]:
        """Return the calls of which nobody knows whether they were billed, oldest first."""
        return tuple(map(Entry.of, await self._fetch("ambiguous")))

    async def doubts(self) -> tuple[int, int]:
        """Return how many calls are ambiguous, and what is held for them."""
        (row,) = await self._fetch("doubts")
        return row["calls"], int(row["held_micros"])

    async def since(self, moment: datetime) -> AsyncGenerator[Entry, None]:
        """Every call opened at `moment` or later, oldest first, without results; read as it is asked for.

        Holds a connection until it is through, or closed.
        """
        async with self._database.transaction() as connection:
            async for row in connection.cursor(QUERIES["since"], _aware(moment), prefetch=500):
                yield Entry.of(row)

    async def totals(self, since: datetime) -> tuple[Total, ...]:
        """Add up the calls opened at `since` or later, by state, outcome and whether they are repetitions."""
        rows = await self._fetch("totals", _aware(since))
        return tuple(Total(repeated=row["repeated"], **_sums(row)) for row in rows)

    async def by_model(self, since: datetime) -> tuple[ModelTotal, ...]:
        """Add up the calls opened at `since` or later, by model, state and outcome."""
        rows = await self._fetch("by_model", _aware(since))
        return tuple(ModelTotal(model=row["model"], billed=row["billed"], **_sums(row)) for row in rows)

    async def _fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self._database.connection() as connection:
            try:
                return await connection.fetch(QUERIES[query], *arguments)
            except asyncpg.DataError as error:
                raise InvalidRequest(f"the ledger cannot hold this: {error}") from error


def _sums(row: asyncpg.Record) -> dict[str, Any]:
    """Read what every total has; amounts come as decimals, so that no sum can be too large for Postgres."""
    return {
        "state": State(row["state"]),
        "outcome": row["outcome"],
        "entries": row["entries"],
        "cost_micros": int(row["cost_micros"]),
        "held_micros": int(row["held_micros"]),
        "saved_micros": int(row["saved_micros"]),
        "reused": row["reused"],
        "reused_micros": int(row["reused_micros"]),
    }


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise InvalidRequest(f"{moment} has no time zone: give it one, as datetime.now(UTC) has")
    return moment

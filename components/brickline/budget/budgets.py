"""Limits, and how much of each is left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from brickline.budget.checks import check_amount
from brickline.budget.scope import Period, Scope
from brickline.budget.sql import QUERIES
from brickline.persistence import Database

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A limit and its window of now; amounts in micro-dollars."""

    scope: Scope
    period: Period
    starts_at: datetime | None
    """None, like `ends_at`, for the total."""
    ends_at: datetime | None
    limit_micros: int
    spent_micros: int
    """More than the limit where it was lowered, or a call cost more than had been held for it."""
    held_micros: int
    """What calls in hand, and those of which nobody knows, may cost on top."""
    blocked_by_holds: int
    """How often a reservation failed only because of what is held."""
    forecast_micros: int | None
    """What will be spent at the end of the window, at its pace so far; None for the total."""


class Budgets:
    """Sets and shows limits; they hold for every worker as soon as a method has returned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_limit(self, scope: Scope, period: Period, limit_micros: int) -> None:
        """Admit no call of `scope` that could spend more than this in a window; 0 admits only free ones.

        A limit that is new counts what its current window has spent and holds already. Raises
        `InvalidRequest`.
        """
        check_amount("the limit", limit_micros)
        async with self._database.connection() as connection:
            await connection.execute(QUERIES["set_limit"], str(scope), period.value, limit_micros)

    async def remove_limit(self, scope: Scope, period: Period) -> bool:
        """Set no limit any more. False: there was none."""
        async with self._database.connection() as connection:
            return bool(await connection.fetchval(QUERIES["remove_limit"], str(scope), period.value))

    async def show(self) -> tuple[BudgetLine, ...]:
        """Return every limit: overall first, shorter periods first."""
        async with self._database.connection() as connection:
            return tuple(_line(row) for row in await connection.fetch(QUERIES["show"]))


def _line(row: asyncpg.Record) -> BudgetLine:
    return BudgetLine(
        scope=Scope.parse(row["scope"]),
        period=Period(row["period"]),
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        limit_micros=row["limit_micros"],
        spent_micros=row["spent_micros"],
        held_micros=row["held_micros"],
        blocked_by_holds=row["blocked_by_holds"],
        forecast_micros=_forecast(row["spent_micros"], row["starts_at"], row["ends_at"], row["now"]),
    )


def _forecast(
    spent_micros: int, starts_at: datetime | None, ends_at: datetime | None, now: datetime
) -> int | None:
    if starts_at is None or ends_at is None:
        return None
    passed = max(now - starts_at, timedelta(seconds=1)) // _MICROSECOND
    return spent_micros * ((ends_at - starts_at) // _MICROSECOND) // passed

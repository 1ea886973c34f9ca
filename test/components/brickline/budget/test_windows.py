"""Windows are those of UTC, and an entry counts in the one it was opened in, whenever it ends."""

from datetime import UTC, datetime
from typing import Any

import pytest

from brickline.budget import Budgets, Ledger, OverBudget, Period, Scope

MakeWish = Any
OVERALL = Scope.overall()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "last", "ends"),
    [
        (Period.HOUR, "2026-03-29T01:59:59.999999", "2026-03-29T02:00"),
        (Period.DAY, "2026-12-31T23:59:59.999999", "2027-01-01T00:00"),
        (Period.MONTH, "2026-04-30T23:59:59.999999", "2026-05-01T00:00"),
        (Period.MONTH, "2027-02-28T23:59:59.999999", "2027-03-01T00:00"),
        (Period.MONTH, "2028-02-29T23:59:59.999999", "2028-03-01T00:00"),
        (Period.DAY, "2028-02-28T23:59:59.999999", "2028-02-29T00:00"),
    ],
)
async def test_a_window_ends_with_its_last_microsecond(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish, period: Period, last: str, ends: str
) -> None:
    await clock.set(last)
    await budgets.set_limit(OVERALL, period, 100)
    entry = await ledger.reserve(wish(100))
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.settle(entry.entry_id, 100, outcome="answered")
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(wish(1))
    assert refused.value.until == utc(ends)
    await clock.set(ends)
    await ledger.reserve(wish(100))


async def test_the_time_zone_of_the_server_does_not_move_a_window(
    database: Any, ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    async with database.connection() as connection:
        name = await connection.fetchval("select current_database()")
        await connection.execute(f"alter database {name} set timezone to 'Pacific/Kiritimati'")
        # Those that are connected keep the old one.
        await connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        await connection.execute("set timezone to 'Pacific/Kiritimati'")
    await clock.set("2026-03-31T12:30")
    for period in Period:
        await budgets.set_limit(OVERALL, period, 100)
    assert [(line.starts_at, line.ends_at) for line in await budgets.show()] == [
        (utc("2026-03-31T12:00"), utc("2026-03-31T13:00")),
        (utc("2026-03-31T00:00"), utc("2026-04-01T00:00")),
        (utc("2026-03-01T00:00"), utc("2026-04-01T00:00")),
        (None, None),
    ]


async def test_the_total_never_ends(ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish) -> None:
    await clock.set("2026-03-01T12:00")
    await budgets.set_limit(OVERALL, Period.TOTAL, 100)
    entry = await ledger.reserve(wish(100))
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.settle(entry.entry_id, 100, outcome="answered")
    await clock.set("2039-03-01T12:00")
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(wish(1))
    assert refused.value.until is None


async def test_an_entry_of_yesterday_settles_in_yesterdays_window(
    database: Any, ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T23:59:59")
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    settled, released = await ledger.reserve(wish(300)), await ledger.reserve(wish(500))
    await ledger.dispatch(settled.entry_id, 60)
    await clock.set("2026-03-02T00:00:01")
    today = await ledger.reserve(wish(40))
    await ledger.settle(settled.entry_id, 200, outcome="answered")
    await ledger.release(released.entry_id, outcome="refused")
    async with database.connection() as connection:
        rows = await connection.fetch(
            "select starts_at, spent_micros, held_micros from budget_windows order by starts_at"
        )
    assert [tuple(row) for row in rows] == [
        (utc("2026-03-01T00:00"), 200, 0),
        (utc("2026-03-02T00:00"), 0, today.reserved_micros),
    ]


async def test_the_forecast_keeps_the_pace_to_the_end_of_the_window(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T06:00")
    for period in (Period.DAY, Period.TOTAL):
        await budgets.set_limit(OVERALL, period, 1000)
    entry = await ledger.reserve(wish(100))
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.settle(entry.entry_id, 100, outcome="answered")
    assert [line.forecast_micros for line in await budgets.show()] == [400, None]
    await clock.set("2026-03-02T00:00")
    assert [line.forecast_micros for line in await budgets.show()] == [0, None]

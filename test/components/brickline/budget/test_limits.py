"""Limits hold for every reservation after they were set, whatever is going on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from brickline.budget import Budgets, Ledger, OverBudget, Period, Scope
from brickline.persistence import Connection, Database
from support.waiting import eventually

MakeWish = Any
OVERALL, ACME, SMALL = Scope.overall(), Scope.tenant("acme"), Scope.model("small")


async def spend(ledger: Ledger, wish: Any, cost: int) -> None:
    entry = await ledger.reserve(wish)
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.settle(entry.entry_id, cost, outcome="answered")


async def test_without_a_limit_everything_is_admitted(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await spend(ledger, wish(10**15), 10**15)
    assert await budgets.show() == ()


async def test_what_exactly_fits_is_admitted_and_a_micro_dollar_more_is_not(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    await spend(ledger, wish(400), 300)
    with pytest.raises(OverBudget):
        await ledger.reserve(wish(701))
    await ledger.reserve(wish(700))


async def test_each_scope_counts_its_own(ledger: Ledger, budgets: Budgets, wish: MakeWish) -> None:
    for scope, limit in ((OVERALL, 1000), (ACME, 300), (SMALL, 500)):
        await budgets.set_limit(scope, Period.DAY, limit)
    await spend(ledger, wish(300), 300)
    for refused, by in (
        (wish(1), ACME),
        (wish(201, tenant="umbrella"), SMALL),
        (wish(701, tenant="umbrella", model="large"), OVERALL),
    ):
        with pytest.raises(OverBudget) as caught:
            await ledger.reserve(refused)
        assert caught.value.scope == str(by)
    await ledger.reserve(wish(200, tenant="umbrella"))
    await ledger.reserve(wish(500, tenant="umbrella", model="large"))
    assert [(str(line.scope), line.spent_micros, line.held_micros) for line in await budgets.show()] == [
        ("overall", 300, 700),
        ("model:small", 300, 200),
        ("tenant:acme", 300, 0),
    ]


async def test_what_does_not_fit_everywhere_is_held_nowhere(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    await budgets.set_limit(SMALL, Period.HOUR, 100)
    with pytest.raises(OverBudget):
        await ledger.reserve(wish(101))
    assert [line.held_micros for line in await budgets.show()] == [0, 0]


async def test_holds_block_until_the_first_of_them_ends(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T12:00")
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    await ledger.reserve(wish(500, lease_s=90))
    soonest = await ledger.reserve(wish(500, lease_s=60))
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(wish(1))
    error = refused.value
    assert (error.by, error.until) == ("holds", soonest.expires_at)
    assert (error.limit_micros, error.spent_micros, error.held_micros, error.amount_micros) == (
        1000,
        0,
        1000,
        1,
    )
    (line,) = await budgets.show()
    assert line.blocked_by_holds == 1


async def test_where_calls_in_doubt_leave_no_room_only_the_next_window_does(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T12:00")
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    entry = await ledger.reserve(wish(1000))
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.doubt(entry.entry_id, outcome="timeout")
    with pytest.raises(OverBudget, match="held for calls in doubt") as refused:
        await ledger.reserve(wish(1))
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert (refused.value.by, refused.value.until) == ("doubts", midnight)


async def test_spend_blocks_until_the_last_of_the_full_windows_ends(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T12:00")
    for period in (Period.MONTH, Period.HOUR, Period.DAY):
        await budgets.set_limit(OVERALL, period, 1000 if period != Period.MONTH else 9000)
    await spend(ledger, wish(1000), 1000)
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(wish(1))
    error = refused.value
    assert (error.by, error.period, error.until) == ("spend", "day", error.until)
    assert error.until is not None
    assert error.until.isoformat() == "2026-03-02T00:00:00+00:00"


async def test_spend_is_told_before_holds(ledger: Ledger, budgets: Budgets, wish: MakeWish) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    await budgets.set_limit(ACME, Period.DAY, 500)
    await spend(ledger, wish(500), 500)
    await ledger.reserve(wish(500, tenant="umbrella"))
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(wish(1))
    assert (refused.value.scope, refused.value.by) == ("tenant:acme", "spend")
    assert [line.blocked_by_holds for line in await budgets.show()] == [0, 0]


async def test_waiting_does_not_help_what_is_more_than_the_limit(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    with pytest.raises(OverBudget, match="raise the limit") as refused:
        await ledger.reserve(wish(1001))
    assert (refused.value.by, refused.value.until) == ("spend", None)


async def test_what_costs_nothing_passes_a_limit_of_nothing(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 0)
    await spend(ledger, wish(0), 0)
    with pytest.raises(OverBudget):
        await ledger.reserve(wish(1))


async def test_a_limit_changes_while_calls_are_in_hand(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    open_entry = await ledger.reserve(wish(800))
    await budgets.set_limit(OVERALL, Period.DAY, 500)
    with pytest.raises(OverBudget):
        await ledger.reserve(wish(1))
    await budgets.set_limit(OVERALL, Period.DAY, 900)
    await ledger.reserve(wish(100))
    assert await budgets.remove_limit(OVERALL, Period.DAY)
    assert not await budgets.remove_limit(OVERALL, Period.DAY)
    await ledger.reserve(wish(10**9))
    assert await budgets.show() == ()
    await ledger.release(open_entry.entry_id, outcome="refused")


@pytest.mark.parametrize("scope", [OVERALL, ACME, SMALL])
async def test_a_new_limit_counts_what_its_window_has_spent_and_holds_already(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish, scope: Scope
) -> None:
    await clock.set("2026-03-01T23:00")
    await spend(ledger, wish(7000), 7000)
    await clock.set("2026-03-02T01:00")
    await spend(ledger, wish(300), 200)
    await spend(ledger, wish(0, tenant="umbrella", model="large"), 0)
    held, doubted = await ledger.reserve(wish(100)), await ledger.reserve(wish(50))
    await ledger.dispatch(doubted.entry_id, 60)
    await ledger.doubt(doubted.entry_id, outcome="timeout")
    await ledger.release((await ledger.reserve(wish(900))).entry_id, outcome="refused")

    await budgets.set_limit(scope, Period.DAY, 1000)
    (line,) = await budgets.show()
    assert (line.spent_micros, line.held_micros) == (200, 150)
    await ledger.release(held.entry_id, outcome="refused")
    await ledger.resolve(doubted.entry_id, 30)
    (line,) = await budgets.show()
    assert (line.spent_micros, line.held_micros) == (230, 0)


async def test_a_limit_that_was_gone_for_a_while_counts_what_happened_meanwhile(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    before = await ledger.reserve(wish(100))
    await budgets.remove_limit(OVERALL, Period.DAY)
    await spend(ledger, wish(400), 400)
    meanwhile = await ledger.reserve(wish(200))
    await budgets.set_limit(OVERALL, Period.DAY, 1000)
    (line,) = await budgets.show()
    assert (line.spent_micros, line.held_micros) == (400, 300)
    for entry in (before, meanwhile):
        await ledger.release(entry.entry_id, outcome="refused")
    (line,) = await budgets.show()
    assert (line.spent_micros, line.held_micros) == (400, 0)


async def test_a_new_limit_waits_for_reservations_that_did_not_see_it_and_counts_them(
    database: Database, budgets: Budgets, wish: MakeWish
) -> None:
    async with database.transaction() as connection:
        entry = await Ledger(cast(Database, Within(connection))).reserve(wish(100))
        setting = asyncio.create_task(budgets.set_limit(OVERALL, Period.DAY, 1000))
        waiting = "select count(*) from pg_locks where not granted and relation = 'ledger'::regclass"
        await eventually(lambda: connection.fetchval(waiting))
        assert not setting.done()
    await setting
    (line,) = await budgets.show()
    assert line.held_micros == 100
    await Ledger(database).release(entry.entry_id, outcome="refused")
    (line,) = await budgets.show()
    assert line.held_micros == 0


@dataclass
class Within:
    """A database in the middle of a transaction."""

    open_connection: Connection

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        yield self.open_connection

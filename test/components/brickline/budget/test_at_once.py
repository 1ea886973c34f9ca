"""Many at once on few budgets: nobody waits for ever, nothing goes over a limit, no micro-dollar is lost."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from brickline.budget import MIGRATIONS, Budgets, CallInFlight, Entry, Ledger, OverBudget, Period, Scope, Wish
from brickline.persistence import Database
from support.databases import migrated

MakeWish = Any
TASKS = 64
TENANTS = ("acme", "umbrella", "initech")
MODELS = ("small", "large", "huge")
SCOPES = [Scope.overall(), *map(Scope.tenant, TENANTS), *map(Scope.model, MODELS)]
LIMIT = 4000

# Where the windows do not say what the entries say. Not of windows that have ended: a limit that was away at
# the end of one knows nothing of what happened meanwhile.
WRONG = """
select w.scope, w.period, w.starts_at, w.spent_micros, w.held_micros, said.* from budget_windows as w
cross join lateral (
    select
        coalesce(sum(cost_micros), 0) as spent,
        coalesce(sum(reserved_micros) filter (where state not in ('settled', 'released')), 0) as held
    from ledger
    where opened_at >= w.starts_at and opened_at < w.ends_at and w.scope = any(budget_scopes(tenant, model))
) as said
where w.ends_at > budget_now() and (w.spent_micros, w.held_micros) <> (said.spent, said.held)
"""
WRONG_HOLDS = """
select w.* from budget_windows as w where held_micros <> (
    select coalesce(sum(reserved_micros), 0) from ledger
    where state in ('reserved', 'dispatched', 'ambiguous') and w.window_id = any(windows)
)
"""
# Limits of the hour come and go: one that comes back may find more than it would have admitted.
OVER = """
select w.* from budget_windows as w inner join budget_limits using (scope, period)
where w.spent_micros + w.held_micros > limit_micros and w.period <> 'hour'
"""


@pytest.fixture
async def wide(database_url: str) -> AsyncIterator[Database]:
    async with migrated(database_url, "analysis", MIGRATIONS, pool_size=24) as database:
        async with database.connection() as connection:  # a deadlock is to show, and at once
            name = await connection.fetchval("select current_database()")
            await connection.execute(f"alter database {name} set deadlock_timeout = '200ms'")
        yield database


@asynccontextmanager
async def watched(database: Database) -> AsyncIterator[None]:
    """Look all the time for a limit that does not hold."""

    async def watch() -> None:
        while True:
            async with database.connection() as connection:
                assert await connection.fetch(OVER) == []
            await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch())
        yield
        watching.cancel()


async def test_a_budget_wanted_by_all_is_used_up_and_not_overdrawn(wide: Database, wish: MakeWish) -> None:
    ledger, budgets = Ledger(wide), Budgets(wide)
    await budgets.set_limit(Scope.overall(), Period.TOTAL, 1000)

    async def worker() -> int:
        spent = 0
        for _ in range(6):
            try:
                entry = await ledger.reserve(wish(7))
            except OverBudget:
                return spent
            assert await ledger.dispatch(entry.entry_id, 60)
            assert await ledger.settle(entry.entry_id, 7, outcome="answered")
            spent += 7
        return spent

    async with watched(wide):
        spent = sum(await asyncio.gather(*(worker() for _ in range(TASKS))))
    (line,) = await budgets.show()
    assert (line.spent_micros, line.held_micros) == (spent, 0)
    assert 1000 - 7 * TASKS < spent <= 1000


async def test_one_of_many_that_ask_the_same_gets_the_call(wide: Database, wish: MakeWish) -> None:
    ledger = Ledger(wide)
    asked = await asyncio.gather(
        *(ledger.reserve(wish(fingerprint=b"same")) for _ in range(TASKS)), return_exceptions=True
    )
    assert Counter(map(type, asked))[CallInFlight] == TASKS - 1


async def test_many_that_ask_the_same_pay_once_however_soon_it_is_answered(
    wide: Database, wish: MakeWish
) -> None:
    """Each looks, and asks for the call only if there is no answer; the call itself takes no time at all."""
    ledger, budgets = Ledger(wide), Budgets(wide)
    for turn in range(8):
        if turn == 4:  # with windows to queue for, and without
            await budgets.set_limit(Scope.overall(), Period.DAY, 10**6)
        fingerprint = bytes([turn])
        paid = await asyncio.gather(*(ask(ledger, wish(fingerprint=fingerprint)) for _ in range(TASKS)))
        assert sum(paid) == 1


async def ask(ledger: Ledger, wanted: Wish) -> int:
    assert wanted.fingerprint is not None
    while not (
        await ledger.look(wanted.tenant, wanted.event_id, "insights", [wanted.fingerprint], 60)
    ).shared:
        try:
            entry = await ledger.reserve(replace(wanted, share_s=60))
        except CallInFlight:
            continue
        assert await ledger.dispatch(entry.entry_id, 60)
        assert await ledger.settle(entry.entry_id, 5, outcome="answered", result=b"{}")
        return 1
    return 0


async def test_one_of_many_on_the_same_attempt_gets_the_call(wide: Database, wish: MakeWish) -> None:
    ledger, budgets = Ledger(wide), Budgets(wide)
    await budgets.set_limit(Scope.overall(), Period.DAY, 10**6)
    wanted = wish(100)
    asked = await asyncio.gather(*(ledger.reserve(wanted) for _ in range(TASKS)), return_exceptions=True)
    assert Counter(map(type, asked))[CallInFlight] == TASKS - 1
    (line,) = await budgets.show()
    assert line.held_micros == 100


async def test_one_of_many_that_settle_the_same_books_it(wide: Database, wish: MakeWish) -> None:
    ledger, budgets = Ledger(wide), Budgets(wide)
    await budgets.set_limit(Scope.overall(), Period.DAY, 10**6)
    entry = await ledger.reserve(wish(100))
    await ledger.dispatch(entry.entry_id, 60)
    settled = await asyncio.gather(
        *(ledger.settle(entry.entry_id, 60, outcome="answered") for _ in range(TASKS))
    )
    assert Counter(settled) == {True: 1, False: TASKS - 1}
    (line,) = await budgets.show()
    assert (line.spent_micros, line.held_micros) == (60, 0)


class Crowd:
    """Workers that do this and that, each at its own pace; some only sweep, and some change limits."""

    def __init__(self, database: Database, clock: Any, wish: MakeWish) -> None:
        self.ledger, self.budgets = Ledger(database), Budgets(database)
        self.clock, self.wish = clock, wish
        self.chosen = random.Random(4)
        self.outcomes: Counter[str] = Counter()

    async def begin(self) -> None:
        for scope in SCOPES:
            for period in Period:
                await self.budgets.set_limit(scope, period, LIMIT)

    async def work(self, number: int) -> None:
        for turn in range(12):
            if number == 0 and turn == 4:
                await self.clock.set("2027-01-01T00:00")
            elif number in (1, 2):
                await self.ledger.sweep()
            elif number in (3, 4, 5):
                await self.change_a_limit()
            else:
                self.outcomes[await self.call()] += 1

    async def change_a_limit(self) -> None:
        scope = self.chosen.choice(SCOPES)
        await self.budgets.remove_limit(scope, Period.HOUR)
        await self.budgets.set_limit(scope, Period.HOUR, LIMIT)

    async def call(self) -> str:
        chosen, ledger = self.chosen, self.ledger
        wanted = self.wish(
            chosen.randrange(200),
            tenant=chosen.choice(TENANTS),
            model=chosen.choice(MODELS),
            fingerprint=chosen.choice([None, None, b"a", b"b"]),
            lease_s=chosen.choice([0.0, 60.0]),
        )
        try:
            entry = await ledger.reserve(wanted)
        except (OverBudget, CallInFlight) as refusal:
            return type(refusal).__name__
        if chosen.random() < 0.1:
            return f"released {await ledger.release(entry.entry_id, outcome='refused')}"
        if not await ledger.dispatch(entry.entry_id, chosen.choice([0.0, 60.0])):
            return "swept"
        return await self.end(entry)

    async def end(self, entry: Entry) -> str:
        ledger, way = self.ledger, self.chosen.randrange(10)
        if way == 0:
            return f"given back {await ledger.release(entry.entry_id, outcome='unavailable')}"
        if way == 1:
            doubted = await ledger.doubt(entry.entry_id, outcome="timeout")
            return f"resolved {await ledger.resolve(entry.entry_id, entry.reserved_micros // 2)} {doubted}"
        if way == 2:
            return "left behind"
        cost = entry.reserved_micros // self.chosen.choice([1, 2, 3])
        return f"settled {await ledger.settle(entry.entry_id, cost, outcome='answered')}"


async def test_any_steps_by_many_on_all_scopes_keep_every_account_exact(
    wide: Database, clock: Any, wish: MakeWish
) -> None:
    """Limits come and go meanwhile, and midnight passes, so that windows are made at once, too."""
    crowd = Crowd(wide, clock, wish)
    await clock.set("2026-12-31T23:59:59")
    await crowd.begin()
    async with watched(wide):
        await asyncio.wait_for(asyncio.gather(*map(crowd.work, range(TASKS))), 60)
    async with wide.connection() as connection:
        assert await connection.fetch(WRONG) == []
        assert await connection.fetch(WRONG_HOLDS) == []
        assert await connection.fetchval("select count(*) from budget_windows where held_micros > 0") > 0
    assert {"OverBudget", "CallInFlight", "settled True", "released True", "left behind"} <= set(
        crowd.outcomes
    )

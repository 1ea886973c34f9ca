"""How many calls a second one budget admits and books, when every worker wants money of it at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import uuid4

from benchmarks.figure import Figure
from brickline.budget import MIGRATIONS, BudgetLine, Budgets, Ledger, OverBudget, Period, Scope, Wish
from brickline.embedded import EmbeddedPostgres
from brickline.persistence import Database

_AT_ONCE = 64
_ROUNDS = 5
_PAIRS = 4000
_AMOUNT = 1000
_COST = 700
_SCARCE_CALLS = 500
_HOW = (
    f"{_AT_ONCE} tasks and connections of one process, one overall limit; a pair is `open` (reserve, "
    "dispatch, wait for the disk) and `settle`"
)


async def reserve() -> AsyncIterator[Figure]:
    """Measure pairs on one budget row, then exhaust a limit and see that it held."""
    async with _database() as database:
        rates = [await _rate(database) for _ in range(_ROUNDS + 1)][1:]  # the first warms up
        yield Figure(
            name="reserve and settle, one hot row",
            measured=round(median(rates)),
            target=1000,
            unit="/s",
            how=f"median of {_ROUNDS} rounds of {_PAIRS} pairs: {_HOW}",
            at_least=True,
            spread=(round(min(rates)), round(max(rates))),
        )
        yield Figure(
            name="overshoot of a limit",
            measured=await _overshoot(database),
            target=1,
            unit="µ$",
            how=f"spent beyond a limit with room for {_SCARCE_CALLS} calls, wanted by {_PAIRS}: {_HOW}",
        )


async def _rate(database: Database) -> float:
    await Budgets(database).set_limit(Scope.overall(), Period.TOTAL, 10**12)
    started = time.perf_counter()
    admitted = await _spend(database)
    seconds = time.perf_counter() - started
    if admitted != _PAIRS:
        raise RuntimeError(f"{admitted} of {_PAIRS} calls were admitted by a limit with room for all")
    return _PAIRS / seconds


async def _overshoot(database: Database) -> float:
    budgets = Budgets(database)
    spent = (await _line(budgets)).spent_micros
    limit = spent + _SCARCE_CALLS * _COST
    await budgets.set_limit(Scope.overall(), Period.TOTAL, limit)
    await _spend(database)
    line = await _line(budgets)
    # Some room is left only where one more worst case would not have fitted.
    if line.held_micros or limit - line.spent_micros >= _AMOUNT:
        raise RuntimeError(f"the limit was not used up, so nothing is shown: {line}")
    return max(0, line.spent_micros - limit)


async def _spend(database: Database) -> int:
    """Have every task make calls until there are no more; return how many were admitted."""
    ledger, numbers = Ledger(database), iter(range(_PAIRS))
    return sum(await asyncio.gather(*(_worker(ledger, numbers) for _ in range(_AT_ONCE))))


async def _worker(ledger: Ledger, numbers: Iterator[int]) -> int:
    admitted = 0
    for number in numbers:
        wish = Wish(
            tenant=f"tenant-{number % 7}",
            event_id=uuid4(),
            step="insights",
            attempt=1,
            trace_id=uuid4().hex,
            model="small",
            amount_micros=_AMOUNT,
            fingerprint=uuid4().bytes,
            lease_s=15,
            share_s=7 * 86_400,
            note={"task": "insights", "version": 1, "provider": "openai_compatible"},
        )
        try:
            entry = await ledger.open(wish, 60)
        except OverBudget as refusal:
            if refusal.by == "holds":
                continue
            break
        await ledger.settle(entry.entry_id, _COST, outcome="answered", result=b'{"summary": "short"}')
        admitted += 1
    return admitted


async def _line(budgets: Budgets) -> BudgetLine:
    (line,) = await budgets.show()
    return line


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        async with (
            EmbeddedPostgres(Path(folder) / "postgres") as postgres,
            Database.connect(postgres.dsn, schema="analysis", pool_size=_AT_ONCE) as database,
        ):
            await MIGRATIONS.apply(database)
            yield database

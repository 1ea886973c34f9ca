"""Workers are killed for real, between every two steps of a call and at random: the money is as designed."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from brickline.budget import Budgets, Entry, Ledger, Period, Scope, State
from brickline.llm_routing import OnAmbiguous
from brickline.persistence import Database
from brickline_dev.counting_server import SpawnedServer, spawned
from support.spender import INPUT_PRICE, OUTPUT_PRICE, Job
from support.spending import SpendingProcess

_OUTPUT_TOKENS = 20


@pytest.fixture
async def server() -> AsyncIterator[SpawnedServer]:
    async with spawned(
        latency_s=0.03,
        input_price=INPUT_PRICE,
        output_price=OUTPUT_PRICE,
        output_tokens_each=_OUTPUT_TOKENS,
    ) as server:
        yield server


async def entries(ledger: Ledger) -> list[Entry]:
    return [entry async for entry in ledger.since(datetime.now(UTC) - timedelta(hours=1))]


async def end_leases(database: Database) -> None:
    """Let the time pass that a dead worker's calls are waited for."""
    async with database.connection() as connection:
        await connection.execute("update ledger set expires_at = now() - interval '1 second'")
    await Ledger(database).sweep()


async def run(job: Job) -> tuple[int, str, str]:
    return await (await SpendingProcess.start(job)).ended()


@pytest.mark.parametrize(
    ("die_at", "left", "billed"),
    [
        ("before reserve", None, 0),
        ("after reserve", State.RELEASED, 0),
        ("after dispatch", State.AMBIGUOUS, 0),
        ("after answer", State.AMBIGUOUS, 1),
        ("after settle", State.SETTLED, 1),
    ],
)
async def test_a_worker_killed_at_a_step_leaves_the_money_as_designed(
    database: Database, database_url: str, server: SpawnedServer, die_at: str, left: State | None, billed: int
) -> None:
    ledger = Ledger(database)
    await Budgets(database).set_limit(Scope.overall(), Period.DAY, 1_000_000)
    job = Job(database_url, server.base_url, event_id=uuid4())
    code, _, _ = await run(replace(job, die_at=die_at))
    assert code == -9
    assert (await server.totals()).calls == billed
    await end_leases(database)
    found = await entries(ledger)
    assert [entry.state for entry in found] == ([left] if left else [])
    (line,) = await Budgets(database).show()
    held = found[0].reserved_micros if left is State.AMBIGUOUS else 0
    assert (line.held_micros, line.spent_micros) == (held, sum(entry.cost_micros or 0 for entry in found))

    code, _, said = await run(job)
    if left is State.AMBIGUOUS:
        assert code == 1
        assert "AmbiguousCall" in said
        assert (await server.totals()).calls == billed
        code, _, said = await run(replace(job, on_ambiguous=OnAmbiguous.RETRY))
        billed += 1
    assert code == 0, said
    totals = await server.totals()
    assert totals.calls == max(1, billed)
    (line,) = await Budgets(database).show()
    assert line.spent_micros + line.held_micros >= totals.billed_micros


async def no_more_calls(server: SpawnedServer) -> None:
    """Wait until all is spent, or held for those who were killed."""
    async with asyncio.timeout(90):
        before = -1
        while before != (calls := (await server.totals()).calls):
            before = calls
            await asyncio.sleep(3)


async def test_two_hundred_workers_that_are_killed_at_random_never_spend_more_than_the_limit(
    database: Database, database_url: str, server: SpawnedServer
) -> None:
    """Whatever was billed, also to those who did not live to hear the answer, is spent or held."""
    chance, processes, limit = random.Random(7), 5, 2_000_000
    await Budgets(database).set_limit(Scope.overall(), Period.TOTAL, limit)
    await Budgets(database).set_limit(Scope.model("small"), Period.MONTH, limit)
    for number in range(4):
        await Budgets(database).set_limit(Scope.tenant(f"tenant-{number}"), Period.DAY, limit // 4 + 50_000)
    job = Job(database_url, server.base_url, workers=40)
    kills = 0
    async with AsyncExitStack() as stack:
        running = []
        for _ in range(processes):
            process = await SpendingProcess.start(job)
            stack.push_async_callback(process.kill)
            running.append(process)
        while kills < 12:
            await asyncio.sleep(chance.uniform(0.2, 0.8))
            if not (await server.totals()).calls:
                continue
            at = chance.randrange(processes)
            await running[at].kill()
            kills += 1
            running[at] = await SpendingProcess.start(job)
            stack.push_async_callback(running[at].kill)
        await no_more_calls(server)
        for process in running:
            await process.kill()
    totals, found = await server.totals(), await entries(Ledger(database))
    settled = sum(entry.cost_micros or 0 for entry in found)
    held = sum(
        entry.reserved_micros
        for entry in found
        if entry.state in (State.RESERVED, State.DISPATCHED, State.AMBIGUOUS)
    )
    overall = next(line for line in await Budgets(database).show() if line.scope == Scope.overall())
    assert (overall.spent_micros, overall.held_micros) == (settled, held)
    assert totals.billed_micros <= settled + held <= limit
    assert totals.billed_micros > limit // 2
    assert totals.repeated == 0

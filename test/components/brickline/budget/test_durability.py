"""Postgres is killed in the middle: what a caller was told of dispatch and settlement holds, with its money.

A reservation may be lost, for nothing was sent; nobody can send it then, nor anything else in its name.
"""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from brickline.budget import MIGRATIONS, Budgets, Ledger, Period, Scope, State
from brickline.embedded import EmbeddedPostgres
from brickline.persistence import Database
from support.databases import migrated
from support.waiting import eventually

MakeWish = Any

# What nobody waits for stays in memory for as long as this test takes, so that a crash does lose it.
LAZY = {"wal_writer_delay": "10s"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="brickline-budget-") as name:
        yield Path(name) / "postgres"


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Database]:
    async with (
        EmbeddedPostgres(folder, settings=LAZY) as postgres,
        migrated(postgres.dsn, "analysis", MIGRATIONS, pool_size=2) as database,
    ):
        yield database


async def kill(database: Database) -> None:
    """Kill every process of the server, at once."""
    async with database.connection() as connection:
        pids = [row["pid"] for row in await connection.fetch("select pid from pg_stat_activity")]
    server = int(stat_of(pids[0])[1])
    for pid in (server, *pids):
        os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid: int) -> bool:
    try:
        return stat_of(pid)[0] not in "ZX"
    except FileNotFoundError:
        return False


def stat_of(pid: int) -> list[str]:
    """What the kernel says of a process, from its state and its parent on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


async def money(database: Database) -> tuple[int, int]:
    (line,) = await Budgets(database).show()
    return line.spent_micros, line.held_micros


async def settled_before_a_crash(folder: Path, wish: MakeWish, *, then_committed: bool) -> State:
    """Settle a call, let Postgres die, and return the state the call is in after that."""
    wanted = wish(100)
    async with serving(folder) as database:
        ledger = Ledger(database)
        await Budgets(database).set_limit(Scope.overall(), Period.TOTAL, 1000)
        entry = await ledger.open(wanted, 60)
        assert await ledger.settle(entry.entry_id, 70, outcome="answered", result=b"paid for")
        if then_committed:  # as the handler does that asked
            async with database.connection() as connection:
                await connection.execute("create table handled ()")
        await kill(database)

    async with serving(folder) as database:
        ledger = Ledger(database)
        (kept,) = (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts
        spent = (70, 0) if kept.state == State.SETTLED else (0, 100)
        assert await money(database) == spent
        assert await ledger.settle(entry.entry_id, 70, outcome="answered") == (kept.state != State.SETTLED)
        assert await money(database) == (70, 0)
        return kept.state


async def test_what_was_settled_outlives_a_crash_of_postgres_from_the_next_commit_on(
    folder: Path, wish: MakeWish
) -> None:
    assert await settled_before_a_crash(folder, wish, then_committed=True) == State.SETTLED


async def test_what_was_settled_just_before_a_crash_is_dispatched_still_and_held(
    folder: Path, wish: MakeWish
) -> None:
    assert await settled_before_a_crash(folder, wish, then_committed=False) == State.DISPATCHED


async def test_what_was_dispatched_outlives_a_crash_and_what_was_only_reserved_cannot_be_sent(
    folder: Path, wish: MakeWish
) -> None:
    wanted = wish(200)
    async with serving(folder) as database:
        ledger = Ledger(database)
        await Budgets(database).set_limit(Scope.overall(), Period.TOTAL, 1000)
        sent = await ledger.reserve(wanted)
        assert await ledger.dispatch(sent.entry_id, 60)
        # So many that a sequence would give out their numbers again: it remembers itself 32 at a time.
        lost = [(await ledger.reserve(wish(1))).entry_id for _ in range(50)]
        assert await money(database) == (0, 250)
        await kill(database)

    async with serving(folder) as database:
        ledger = Ledger(database)
        (kept,) = (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts
        assert kept.state == State.DISPATCHED
        assert await money(database) == (0, 200)
        others = [(await ledger.reserve(wish(1))).entry_id for _ in range(50)]
        assert not set(others) & set(lost)
        assert not any([await ledger.dispatch(entry_id, 60) for entry_id in lost])
        assert await ledger.settle(sent.entry_id, 150, outcome="answered")
        assert await money(database) == (150, 50)

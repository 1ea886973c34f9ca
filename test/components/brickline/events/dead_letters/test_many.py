"""Thousands of letters, and an operator's process that is killed in the middle of replaying them."""

import asyncio
import sys

import pytest

from brickline.events import LetterFilter, ReplayOrder
from support.graveyard import desk_of
from support.shop import Shop
from support.waiting import eventually

COUNT = 14_000

SCRIPT = """
import asyncio, sys
from brickline.events import DeadLetterDesk, LetterFilter, ReplayOrder
from brickline.persistence import Database

async def main():
    async with Database.connect(sys.argv[1], schema="shop") as database:
        await DeadLetterDesk({"shop": database}).replay(LetterFilter(), ReplayOrder(by="ann", canary=False))

asyncio.run(main())
"""


@pytest.fixture
async def crowded(memory_shop: Shop) -> Shop:
    """A shop with 14,000 dead letters, of seven kinds."""
    await memory_shop.rows(
        "with dead as (insert into dead_letters (dead_letter_id, event_id, group_id, topic, tenant, trace_id,"
        " reason, error, fingerprint, attempts, body, dead_at)"
        " select gen_random_uuid(), gen_random_uuid(), 'orders', 'shop.ordered', 'acme', repeat('a', 32),"
        " 'contract', 'no ' || n % 7, 'kind ' || n % 7, 1, '{}', now() - make_interval(secs => 1 + n / 3)"
        " from generate_series(1, $1::integer) as n returning event_id)"
        " insert into inbox (group_id, event_id) select 'orders', event_id from dead",
        COUNT,
    )
    return memory_shop


async def test_all_are_replayed_once_each(crowded: Shop) -> None:
    seen: list[int] = []
    report = await desk_of(crowded).replay(
        LetterFilter(), ReplayOrder(by="ann", canary=False, rate=1000), on_replayed=seen.append
    )
    [sent] = await crowded.rows(
        "select count(*), count(distinct event_id) as events, max(due_at) - min(due_at) as span from outbox"
    )
    assert (report.replayed, sum(seen), sent["count"], sent["events"]) == (COUNT, COUNT, COUNT, COUNT)
    assert sent["span"].total_seconds() == pytest.approx((COUNT - 1) / 1000)
    assert await crowded.settled() == 0


async def test_a_replay_killed_in_the_middle_leaves_each_letter_dead_or_replayed_and_the_next_one_finishes(
    crowded: Shop, database_url: str
) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SCRIPT, database_url)
    try:
        await eventually(lambda: some_are_replayed(crowded), every_s=0.002)
    finally:
        process.kill()
        await process.wait()
    assert 0 < await states(crowded, "replayed") < COUNT
    await is_consistent(crowded)
    await desk_of(crowded).replay(LetterFilter(), ReplayOrder(by="ann", canary=False))
    assert await states(crowded, "replayed") == COUNT
    await is_consistent(crowded)


async def some_are_replayed(shop: Shop) -> bool:
    return await states(shop, "replayed") > 0


async def states(shop: Shop, state: str) -> int:
    [row] = await shop.rows("select count(*) from dead_letters where state = $1", state)
    return int(row["count"])


async def is_consistent(shop: Shop) -> None:
    """A letter that was replayed is in the outbox and out of the inbox, and the other way round."""

    async def no_transaction_is_open() -> bool:
        rows = await shop.rows(
            "select 1 from pg_stat_activity where datname = current_database()"
            " and backend_type = 'client backend' and pid <> pg_backend_pid() and state <> 'idle'"
        )
        return not rows

    await eventually(no_transaction_is_open)  # the server may not have noticed yet that its client is gone
    wrong = await shop.rows(
        "select letters.state from dead_letters as letters"
        " left join inbox on (inbox.group_id, inbox.event_id) = (letters.group_id, letters.event_id)"
        " left join outbox on outbox.event_id = letters.event_id"
        " left join dead_letter_replays as replays using (dead_letter_id)"
        " where array_fill(letters.state = 'replayed', array[3])"
        " <> array[inbox.event_id is null, outbox.event_id is not null, replays.replay_id is not null]"
    )
    assert wrong == []
    [sent] = await shop.rows("select count(*) - count(distinct event_id) as twice from outbox")
    assert sent["twice"] == 0

"""Tenants take turns: one with a large backlog does not keep the others waiting."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import EventContext, Origin
from brickline.events.claims import Claims
from brickline.events.sql import QUERIES
from support.shop import ORIGIN, Shop, consumer, settle
from support.waiting import eventually

MANY = 2000
QUIET = Origin(tenant="quiet", trace_id="beef" + "0" * 28)


async def order_many(shop: Shop) -> None:
    for start in range(0, MANY, 500):
        await shop.order(*range(start, start + 500))


async def test_one_row_of_a_quiet_tenant_overtakes_a_backlog_in_a_slow_handler(memory_shop: Shop) -> None:
    handled: list[str] = []

    async def slow(event: Any, context: EventContext) -> None:
        handled.append(context.event.tenant)
        await asyncio.sleep(0.005)
        await settle(event, context)

    await order_many(memory_shop)
    async with memory_shop.running(consumer(slow)):
        await eventually(lambda: asyncio.sleep(0, len(handled) > 300))
        before = len(handled)
        await memory_shop.order(1, origin=QUIET)
        await eventually(lambda: asyncio.sleep(0, "quiet" in handled))
        # A window of 256 that is full of the other tenant's is no queue to stand in.
        assert handled.index("quiet") - before < 200
        await memory_shop.until_settled(MANY + 1, timeout_s=60)


async def test_one_row_of_a_quiet_tenant_reaches_the_broker_before_a_backlog(shop: Shop) -> None:
    handled: list[str] = []

    async def note(event: Any, context: EventContext) -> None:
        handled.append(context.event.tenant)
        await settle(event, context)

    await order_many(shop)
    await shop.order(1, origin=QUIET)
    async with shop.running(consumer(note)):
        await shop.until_settled(MANY + 1, timeout_s=60)
    assert handled.index("quiet") < 600


async def take(claims: Claims, room: int) -> list[str]:
    return [row.tenant for row in await claims.take(room)]


async def order_of(shop: Shop, tenants: Iterable[str], each: int) -> None:
    for tenant in tenants:
        await shop.order(*range(each), origin=Origin(tenant=tenant, trace_id=ORIGIN.trace_id))


async def test_due_tenants_get_equal_shares_whatever_else_waits(memory_shop: Shop) -> None:
    await order_of(memory_shop, ["a", "b", "c"], 50)
    claims = Claims(memory_shop.database, 60)
    assert sorted(await take(claims, 30)) == ["a"] * 10 + ["b"] * 10 + ["c"] * 10


async def test_with_more_tenants_than_room_every_one_has_its_turn(memory_shop: Shop) -> None:
    tenants = [f"t{number:03}" for number in range(100)]
    await order_of(memory_shop, tenants, 2)
    claims = Claims(memory_shop.database, 60)
    first = [tenant for _ in range(10) for tenant in await take(claims, 10)]
    assert sorted(first) == tenants


async def test_a_tenant_that_was_left_out_keeps_its_rows(memory_shop: Shop) -> None:
    await order_of(memory_shop, ["a", "b"], 3)
    claims = Claims(memory_shop.database, 60)
    assert {row.tenant for row in await claims.take(10, but_tenants=["a"])} == {"b"}
    assert {row.tenant for row in await claims.take(10)} == {"a"}


async def test_claims_side_by_side_share_no_row(memory_shop: Shop) -> None:
    await order_of(memory_shop, [uuid4().hex[:8] for _ in range(7)], 40)
    several = [Claims(memory_shop.database, 60) for _ in range(6)]
    taken: list[int] = []
    while found := await asyncio.gather(*(claims.take(16) for claims in several)):
        rows = [row.row_id for one in found for row in one]
        taken += rows
        if not rows and all(claims.saw_all for claims in several):
            break
    assert len(taken) == len(set(taken)) == 280


@pytest.mark.parametrize(
    ("query", "parameters", "arguments"),
    [
        (
            "outbox_claim",
            "uuid, float8, bigint, text[], text, text[]",
            "'00000000-0000-0000-0000-000000000001', 60, 128, '{}', '', '{}'",
        ),
        ("outbox_next_due_in_s", "text[], bigint", "'{}', 256"),
    ],
    ids=["claim", "next due"],
)
@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
async def test_the_plan_for_a_large_backlog_reads_neither_the_whole_table_nor_sorts_it(
    memory_shop: Shop, query: str, parameters: str, arguments: str, mode: str
) -> None:
    """After five executions Postgres may settle for a plan that knows none of the parameters."""
    async with memory_shop.database.connection() as connection:
        await connection.execute(
            "insert into outbox (event_id, topic, tenant, trace_id, attempt, body)"
            " select gen_random_uuid(), 'shop.ordered', 'acme', '', 1, repeat('x', 900)::bytea"
            " from generate_series(1, 30000)"
        )
        await connection.execute("analyze outbox")
        await connection.execute(f"prepare asked ({parameters}) as {QUERIES[query]}")
        await connection.execute(f"set plan_cache_mode = {mode}")
        rows = await connection.fetch(f"explain execute asked ({arguments})")
        await connection.execute("reset plan_cache_mode")
        await connection.execute("deallocate asked")
    plan = "\n".join(row[0] for row in rows)
    assert "outbox_turns" in plan
    assert "Seq Scan on outbox" not in plan
    assert "Sort" not in plan

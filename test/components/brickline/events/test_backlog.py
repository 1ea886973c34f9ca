"""Gauges that are looked up in the service's tables when somebody scrapes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brickline.events import (
    EventContext,
    LetterFilter,
    Origin,
    RetryPolicy,
    TransientError,
    pause_group,
    resume_group,
)
from brickline.events.backlog import Backlog
from brickline.events.metrics import GroupMetrics
from brickline.persistence import DatabaseUnavailable, Queries
from brickline.telemetry import Reading
from support.graveyard import bury_orders, desk_of, letters
from support.outage import outage
from support.scraping import scraped
from support.shop import ORIGIN, Shop, consumer, settle
from support.waiting import eventually

LATER = timedelta(hours=1)


def backlog(shop: Shop) -> Backlog:
    return Backlog("shop", shop.database, [GroupMetrics("shop", "orders", "shop.ordered")], lease_s=6)


async def gauge(shop: Shop, name: str, **labels: str) -> float:
    readings: list[Reading] = await backlog(shop).read()
    [value] = [
        reading.value
        for reading in readings
        if reading.gauge.name == name and labels.items() <= reading.labels.items()
    ]
    return value


async def rows(shop: Shop) -> dict[str, float]:
    return {
        state: await gauge(shop, "brickline_outbox_rows", state=state)
        for state in ("due", "sending", "later")
    }


async def oldest_s(shop: Shop) -> float:
    return await gauge(shop, "brickline_outbox_oldest_due_age_seconds")


async def test_an_empty_outbox_shows_zeros(memory_shop: Shop) -> None:
    assert await rows(memory_shop) == {"due": 0, "sending": 0, "later": 0}
    assert await gauge(memory_shop, "brickline_outbox_rows_estimated") == 0
    assert await oldest_s(memory_shop) == 0


async def test_rows_due_now_and_rows_for_later_are_told_apart(memory_shop: Shop) -> None:
    await memory_shop.order(1, 2, 3)
    await memory_shop.order(4, 5, due_at=datetime.now(UTC) + LATER)
    await memory_shop.order(6, due_at=datetime.now(UTC) + timedelta(seconds=3))
    assert await rows(memory_shop) == {"due": 3, "sending": 0, "later": 3}
    assert await gauge(memory_shop, "brickline_outbox_rows_estimated") == 6


async def test_a_row_in_a_relays_hands_is_being_sent(memory_shop: Shop) -> None:
    let_go, handling = asyncio.Event(), asyncio.Event()

    async def hold(event: Any, context: EventContext) -> None:
        handling.set()
        await let_go.wait()
        await settle(event, context)

    async with memory_shop.running(consumer(hold), lease_s=6):
        await memory_shop.order(1)
        await handling.wait()
        assert await rows(memory_shop) == {"due": 0, "sending": 1, "later": 0}
        let_go.set()
        await memory_shop.until_settled(1)


async def test_the_oldest_is_told_by_when_it_fell_due_whosever_it_is(memory_shop: Shop) -> None:
    await memory_shop.order(1, 2)
    await memory_shop.order(3, origin=Origin("zebra", ORIGIN.trace_id), due_at=datetime.now(UTC) - LATER)
    assert await oldest_s(memory_shop) == pytest.approx(3600, abs=30)
    assert (await rows(memory_shop))["due"] == 3


async def test_what_the_bus_does_not_take_stays_due_and_grows_old_while_it_is_put_off(
    memory_shop: Shop,
) -> None:
    async with memory_shop.running(drain_s=0.1):
        await memory_shop.order(1)  # that nobody is there to receive

        async def put_off() -> bool:
            return bool(await memory_shop.rows("select 1 from outbox where waiting_for is not null"))

        await eventually(put_off)
    await memory_shop.rows(
        "update outbox set created_at = now() - interval '1 hour', claimed_by = null,"
        " due_at = now() + interval '5 seconds'"
    )
    assert await rows(memory_shop) == {"due": 1, "sending": 0, "later": 0}
    assert await oldest_s(memory_shop) == pytest.approx(3600, abs=30)


async def test_a_retry_that_waits_for_its_time_is_for_later(memory_shop: Shop) -> None:
    async def fail(_event: Any, _context: EventContext) -> None:
        raise TransientError("try again", retry_after_s=60)

    async with memory_shop.running(consumer(fail, retry=RetryPolicy(base_s=0.01)), drain_s=1):
        await memory_shop.order(1)

        async def retried() -> bool:
            return await rows(memory_shop) == {"due": 0, "sending": 0, "later": 1}

        await eventually(retried)
        assert await oldest_s(memory_shop) == 0


async def fill(shop: Shop, count: int, *, tenants: int) -> None:
    await shop.rows(
        "insert into outbox (event_id, topic, tenant, trace_id, attempt, body)"
        " select gen_random_uuid(), 'shop.ordered', 'tenant-' || number % $3, $2, 1, ''"
        " from generate_series(1, $1) as number",
        count,
        ORIGIN.trace_id,
        tenants,
    )


async def test_a_flood_is_counted_up_to_a_bound_and_estimated_beyond(memory_shop: Shop) -> None:
    await fill(memory_shop, 20_000, tenants=7)
    await memory_shop.rows("analyze outbox")
    assert await rows(memory_shop) == {"due": 5000, "sending": 0, "later": 0}
    estimated = await gauge(memory_shop, "brickline_outbox_rows_estimated")
    assert estimated == pytest.approx(20_000, rel=0.1)


async def test_looking_up_a_flood_walks_the_index_also_while_there_are_no_statistics(
    memory_shop: Shop,
) -> None:
    await fill(memory_shop, 20_000, tenants=1)
    queries = Queries("brickline.events", "metrics.sql")
    async with memory_shop.database.transaction() as connection:
        await connection.execute(queries["on_the_cheap"])
        lines = await connection.fetch("explain " + queries["outbox_backlog"].replace("$1", "6.0"))
    plan = "\n".join(line[0] for line in lines)
    assert plan.count("using outbox_turns") >= 5
    for costly in ("Seq Scan", "Bitmap", "Sort"):
        assert costly not in plan


async def test_open_dead_letters_are_counted_by_group(memory_shop: Shop) -> None:
    name = "brickline_dead_letters_open"
    assert await gauge(memory_shop, name, group="orders") == 0
    await bury_orders(memory_shop, 1, 2, 3)
    assert await gauge(memory_shop, name, group="orders") == 3
    gone = (await letters(memory_shop))[0].dead_letter_id
    await desk_of(memory_shop).discard(LetterFilter(ids=(gone,)), by="anna", reason="known")
    assert await gauge(memory_shop, name, group="orders") == 2


async def test_a_paused_group_shows_until_it_is_resumed(memory_shop: Shop) -> None:
    seen = [await gauge(memory_shop, "brickline_group_paused", group="orders")]
    async with memory_shop.database.connection() as connection:
        await pause_group(connection, "orders", "20 events in a row cannot be read", b"{}")
    seen.append(await gauge(memory_shop, "brickline_group_paused", group="orders"))
    async with memory_shop.database.connection() as connection:
        await resume_group(connection, "orders")
    assert [*seen, await gauge(memory_shop, "brickline_group_paused", group="orders")] == [0, 1, 0]


async def test_the_gauges_are_on_the_page_while_the_service_runs(memory_shop: Shop) -> None:
    async with memory_shop.running(consumer(settle)):
        page = await scraped()
        assert page.value("brickline_outbox_rows", service="shop", state="due") == 0
        assert page.value("brickline_dead_letters_open", service="shop", group="orders") == 0
    assert (await scraped()).value("brickline_outbox_rows", service="shop", state="due") is None


async def test_a_scrape_during_an_outage_goes_without_these_gauges_and_counts_that(
    memory_shop: Shop, postgres_server: str, database_url: str
) -> None:
    errors = "brickline_scrape_errors_total"
    async with memory_shop.running(consumer(settle)):
        before = (await scraped()).value(errors, service="shop")
        assert before is not None
        async with outage(postgres_server, database_url):
            with pytest.raises(DatabaseUnavailable):
                await backlog(memory_shop).read()

            async def missing() -> bool:
                page = await scraped()
                assert page.value("python_info") == 1
                return (
                    page.value("brickline_outbox_rows", service="shop", state="due") is None
                    and (page.value(errors, service="shop") or 0) > before
                )

            await eventually(missing, every_s=0.2)

        async def back() -> bool:
            page = await scraped()
            return page.value("brickline_outbox_rows", service="shop", state="due") == 0

        await eventually(back, every_s=0.2)

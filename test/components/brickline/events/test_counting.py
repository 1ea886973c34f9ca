"""Every end that an event can come to is counted, once, where the service runs."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from brickline.events import (
    BatchConsumer,
    BatchContext,
    Deferred,
    EventContext,
    PermanentError,
    RetryPolicy,
    TransientError,
)
from brickline.schemas import BaseEvent
from support.graveyard import mourner
from support.scraping import scraped
from support.shop import Ordered, Shop, consumer, message_of, settle
from support.waiting import eventually

HANDLED = "brickline_events_handled_total"


class Counting:
    """What a counter has counted since `begin`; the counters are the process's, and other tests count too."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}

    async def begin(self) -> "Counting":
        self._before = await self._all()
        return self

    async def of(self, name: str, **labels: str) -> float:
        now = await self._all()
        wanted = {"service": "shop", **labels}.items()
        return sum(
            value - self._before.get((series, having), 0)
            for (series, having), value in now.items()
            if series == name and wanted <= having
        )

    async def _all(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in (await scraped()).families
            for sample in family.samples
        }


@pytest.fixture
async def counting() -> Counting:
    return await Counting().begin()


async def until(counting: Counting, count: float, name: str, **labels: str) -> None:
    async def counted() -> bool:
        seen = await counting.of(name, **labels)
        assert seen == count, f"{seen} of {count} counted"
        return True

    await eventually(counted, timeout_s=10)


async def test_what_is_settled_is_counted_once_at_each_station(shop: Shop, counting: Counting) -> None:
    async with shop.running(consumer(settle)):
        await shop.order(1, 2, 3)
        await shop.until_settled(3)
        assert (await scraped()).value("brickline_consumers_connected", service="shop", group="orders") == 1
    assert await counting.of(HANDLED, group="orders", topic="shop.ordered", outcome="settled") == 3
    assert await counting.of(HANDLED, group="orders") == 3
    assert await counting.of("brickline_handler_duration_seconds_count", group="orders") == 3
    assert await counting.of("brickline_outbox_confirmed_total", topic="shop.ordered") == 3
    assert await counting.of("brickline_outbox_publish_duration_seconds_count") == 3
    assert await counting.of("brickline_outbox_leases_expired_total") == 0


async def test_a_duplicate_is_counted_as_skipped(memory_shop: Shop, counting: Counting) -> None:
    message = message_of(Ordered(number=1))
    async with memory_shop.running(consumer(settle)):
        for _ in range(3):
            await memory_shop.bus.publish(message)
    assert await counting.of(HANDLED, outcome="settled") == 1
    assert await counting.of(HANDLED, outcome="duplicate_skipped") == 2
    assert await counting.of("brickline_handler_duration_seconds_count", group="orders") == 1


async def test_retries_and_the_dead_letter_they_end_in_are_counted(
    memory_shop: Shop, counting: Counting
) -> None:
    async def fail(_event: Any, _context: EventContext) -> None:
        raise TransientError("again")

    policy = RetryPolicy(max_attempts=3, base_s=0.01, cap_s=0.01)
    async with memory_shop.running(consumer(fail, retry=policy), mourner()):
        await memory_shop.order(1)
        await until(counting, 1, "brickline_events_dead_lettered_total", group="orders", reason="exhausted")
    assert await counting.of(HANDLED, group="orders", outcome="retried") == 2
    assert await counting.of(HANDLED, group="orders", outcome="dead_lettered") == 1
    assert await counting.of("brickline_handler_duration_seconds_count", group="orders") == 3


async def test_what_is_deferred_and_what_can_not_be_read_are_counted(
    memory_shop: Shop, counting: Counting
) -> None:
    async def fail(event: Any, _context: EventContext) -> None:
        if event.number == 1:
            raise Deferred("the window is full", until=datetime.now(UTC) + timedelta(hours=1))
        raise PermanentError("never")

    async with memory_shop.running(consumer(fail), mourner()):
        await memory_shop.bus.publish(message_of(Ordered(number=1)))
        await memory_shop.bus.publish(message_of(Ordered(number=2)))
        await memory_shop.bus.publish(message_of(Ordered(number=3), body=b"no event"))
        await memory_shop.bus.publish(message_of(Ordered(number=3), body=b"no event"))
    reasons = "brickline_events_dead_lettered_total"
    assert await counting.of(HANDLED, group="orders", outcome="deferred") == 1
    assert await counting.of(reasons, group="orders", reason="permanent") == 1
    assert await counting.of(reasons, group="orders", reason="contract") == 1
    assert await counting.of(HANDLED, group="orders", outcome="duplicate_skipped") == 1


async def test_each_event_of_a_batch_is_counted(memory_shop: Shop, counting: Counting) -> None:
    class Batched(BatchConsumer[Ordered]):
        group_id = "orders"

        async def process_batch(self, events: Sequence[BaseEvent[Ordered]], context: BatchContext) -> None:
            if any(event.payload.number == 3 for event in events):
                raise PermanentError("a bad one")

    again = message_of(Ordered(number=1))
    async with memory_shop.running(Batched(), mourner()):
        messages = [again, *(message_of(Ordered(number=number)) for number in (2, 3, 4)), again]
        await asyncio.gather(*map(memory_shop.bus.publish, messages))
    assert await counting.of(HANDLED, group="orders", outcome="settled") == 3
    assert await counting.of(HANDLED, group="orders", outcome="dead_lettered") == 1
    assert await counting.of(HANDLED, group="orders", outcome="duplicate_skipped") == 1


async def test_what_nobody_receives_is_counted_as_not_sent(memory_shop: Shop, counting: Counting) -> None:
    async with memory_shop.running(drain_s=0.1):
        await memory_shop.order(1)
        await until(counting, 1, "brickline_outbox_not_sent_total", topic="shop.ordered", reason="unroutable")
    assert await counting.of("brickline_outbox_confirmed_total") == 0


async def test_a_row_whose_relay_died_is_an_expired_lease(memory_shop: Shop, counting: Counting) -> None:
    await memory_shop.order(1)
    await memory_shop.rows("update outbox set claims = 1, claimed_by = gen_random_uuid()")
    async with memory_shop.running(consumer(settle)):
        await memory_shop.until_settled(1)
    assert await counting.of("brickline_outbox_leases_expired_total") == 1


async def test_a_group_that_no_longer_runs_has_no_connection_to_show(memory_shop: Shop) -> None:
    async with memory_shop.running(consumer(settle)):
        assert (await scraped()).value("brickline_consumers_connected", service="shop", group="orders") == 1
    assert (await scraped()).value("brickline_consumers_connected", service="shop", group="orders") is None

"""What was put back for the sake of something is tried at once when that is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from brickline.events import Deferred, EventContext, hasten
from support.shop import ORIGIN, Ordered, Shop, consumer, message_of, settle
from support.waiting import eventually

TOMORROW = datetime.now(UTC) + timedelta(days=1)


class Shut:
    """A handler that waits for a word until it is opened."""

    def __init__(self, waiting_for: str | None) -> None:
        self.open = False
        self.waiting_for = waiting_for

    async def __call__(self, event: Any, context: EventContext) -> None:
        if not self.open:
            raise Deferred("nothing left", until=TOMORROW, waiting_for=self.waiting_for)
        await settle(event, context)


async def put_back(shop: Shop, count: int) -> list[dict[str, Any]]:
    """The orders that wait in the outbox, once there are so many."""

    async def waits() -> list[dict[str, Any]]:
        rows = [row for row in await shop.waiting() if row["topic"] == Ordered.topic and row["waiting_for"]]
        return rows if len(rows) == count else []

    return await eventually(waits)


async def hastened(shop: Shop, waiting_for: str, spread_s: float = 0.2) -> int:
    async with shop.database.connection() as connection:
        return await hasten(connection, waiting_for=waiting_for, spread_s=spread_s)


async def test_what_waits_for_a_word_is_handled_soon_after_and_not_tomorrow(memory_shop: Shop) -> None:
    handler = Shut("budget")
    async with memory_shop.running(consumer(handler)):
        await memory_shop.order(1, 2, 3)
        await put_back(memory_shop, 3)
        handler.open = True
        assert await hastened(memory_shop, "budget") == 3
        await eventually(lambda: effects(memory_shop, [1, 2, 3]))
    assert await hastened(memory_shop, "budget") == 0


async def effects(shop: Shop, expected: list[int]) -> bool:
    return await shop.effects() == expected


async def test_what_waits_for_something_else_or_for_a_time_alone_stays(memory_shop: Shop) -> None:
    paper, time = consumer(Shut("paper"), group="paper"), consumer(Shut(None), group="time")
    async with memory_shop.running(paper, time):
        await memory_shop.order(1)
        await put_back(memory_shop, 2)
        assert await hastened(memory_shop, "budget") == 0
        assert {row["due_at"] for row in await put_back(memory_shop, 2)} == {TOMORROW}


async def waiting_row(shop: Shop, due_in_s: float, claimed: bool = False) -> None:
    message = message_of(Ordered(number=1))
    await shop.rows(
        "insert into outbox (event_id, topic, tenant, trace_id, attempt, body, due_at, deferred_for,"
        " claimed_by) values ($1, $2, 'acme', $3, 1, $4, now() + make_interval(secs => $5), 'budget',"
        " case when $6 then gen_random_uuid() end)",
        *(message.event_id, message.topic, ORIGIN.trace_id, message.body, due_in_s, claimed),
    )


async def test_they_fall_due_spread_over_some_time(memory_shop: Shop) -> None:
    for _ in range(40):
        await waiting_row(memory_shop, 3600)
    before = datetime.now(UTC)
    assert await hastened(memory_shop, "budget", 10) == 40
    due = [(row["due_at"] - before).total_seconds() for row in await memory_shop.waiting()]
    assert -1 < min(due) < 5 < max(due) < 12


async def test_what_is_due_sooner_or_is_being_sent_stays_as_it_is(memory_shop: Shop) -> None:
    await waiting_row(memory_shop, 0.5)
    await waiting_row(memory_shop, 3600, claimed=True)
    soon, sent = [row["due_at"] for row in await memory_shop.waiting()]
    assert await hastened(memory_shop, "budget", 1000) == 1
    assert [row["due_at"] for row in await memory_shop.waiting()] == [soon, sent]

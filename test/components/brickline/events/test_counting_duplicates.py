"""How often an event came again is kept with the row that says it was settled."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from brickline.events import BatchConsumer, BatchContext, read_duplicates
from brickline.events.duplicates import Duplicate, tell_duplicates
from brickline.events.inbox import record_settled
from support.shop import ORIGIN, Ordered, Shop, consumer, message_of, settle
from support.waiting import eventually

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Batches(BatchConsumer[Ordered]):
    """Settles orders together."""

    group_id = "orders"
    batch_size = 20

    async def process_batch(self, events: Any, context: BatchContext) -> None:
        async with context.transaction():
            pass


async def counted(shop: Shop, group: str = "orders", since: datetime = LONG_AGO) -> dict[UUID, int]:
    async with shop.database.connection() as connection:
        return await read_duplicates(connection, group, since)


async def send(shop: Shop, event_id: UUID, times: int) -> None:
    """Put one event into the outbox several times, as a publisher without a memory would."""
    message = message_of(Ordered(number=5), event_id=event_id)
    await shop.rows(
        "insert into outbox (event_id, topic, tenant, trace_id, attempt, body) "
        "select $1, $2, 'acme', $3, 1, $4 from generate_series(1, $5)",
        *(event_id, message.topic, ORIGIN.trace_id, message.body, times),
    )


async def test_each_redelivery_of_a_settled_event_counts_and_a_first_delivery_does_not(
    memory_shop: Shop,
) -> None:
    event_id = uuid4()
    async with memory_shop.running(consumer(settle)):
        await send(memory_shop, event_id, 1)
        await memory_shop.until_settled(1)
        assert await counted(memory_shop) == {}
        await send(memory_shop, event_id, 3)
        await eventually(lambda: is_counted(memory_shop, {event_id: 3}))
    assert await memory_shop.effects() == [5]


async def is_counted(shop: Shop, expected: dict[UUID, int]) -> bool:
    found = await counted(shop)
    assert found == expected
    return True


async def test_a_batch_counts_what_came_before_it_and_what_comes_twice_in_it(memory_shop: Shop) -> None:
    before, within = uuid4(), uuid4()
    async with memory_shop.running(Batches()):
        await send(memory_shop, before, 1)
        await memory_shop.until_settled(1)
    await send(memory_shop, before, 2)
    await send(memory_shop, within, 5)
    async with memory_shop.running(Batches()):
        await eventually(lambda: is_counted(memory_shop, {before: 2, within: 4}))


async def test_each_group_has_its_own_count_and_old_events_are_left_out(memory_shop: Shop) -> None:
    event_id = uuid4()
    async with memory_shop.database.connection() as connection:
        for group in ("orders", "others"):
            await record_settled(connection, group, event_id)
        again = [Duplicate(event_id, None), Duplicate(event_id, None), Duplicate(uuid4(), None)]
        await tell_duplicates(connection, "orders", again)
    assert await counted(memory_shop) == {event_id: 2}
    assert await counted(memory_shop, "others") == {}
    assert await counted(memory_shop, since=datetime.now(UTC) + timedelta(minutes=1)) == {}

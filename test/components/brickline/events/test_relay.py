"""The relay: every row is sent, by somebody, and only a confirmed one leaves the outbox."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import (
    Bus,
    BusUnavailable,
    Deliveries,
    EventContext,
    EventRuntime,
    Message,
    Subscription,
    Unroutable,
)
from brickline.telemetry import Health
from support.shop import ORIGIN, Ordered, Shop, abandon, consumer, message_of, settle
from support.waiting import eventually

WINDOW = 512


class Recorder:
    """A bus that keeps what it is given, and does with each message what the test wants."""

    def __init__(self, before: Any = None) -> None:
        self.sent: list[Message] = []
        self._before = before

    async def publish(self, message: Message) -> None:
        if self._before is not None:
            await self._before(message)
        self.sent.append(message)

    @asynccontextmanager
    async def consume(self, subscription: Subscription) -> AsyncIterator[Deliveries]:
        raise NotImplementedError
        yield

    async def tell(self, notice: bytes) -> None: ...

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        raise NotImplementedError
        yield

    async def check(self) -> str | None:
        return None

    def blocked_topics(self) -> Collection[str]:
        return ()

    def times_sent(self) -> Counter[Any]:
        return Counter(message.event_id for message in self.sent)


@asynccontextmanager
async def relaying(shop: Shop, bus: Bus, *, lease_s: float = 6.0) -> AsyncIterator[None]:
    """Only a relay on the shop's outbox."""
    runtime = EventRuntime("shop", shop.database, bus, lease_s=lease_s)
    async with runtime.running((), Health("shop"), drain_s=4):
        yield


async def emptied(shop: Shop) -> bool:
    return not await shop.waiting()


async def test_several_relays_side_by_side_send_each_row_once(memory_shop: Shop) -> None:
    ids = await memory_shop.order(*range(500))
    bus = Recorder()
    async with relaying(memory_shop, bus), relaying(memory_shop, bus), relaying(memory_shop, bus):
        await eventually(lambda: emptied(memory_shop))
    assert bus.times_sent() == dict.fromkeys(ids, 1)


async def test_what_a_killed_relay_was_sending_another_sends_when_the_lease_ends(
    memory_shop: Shop,
) -> None:
    ids = await memory_shop.order(*range(10))
    stuck = asyncio.Event()

    async def hang(_message: Message) -> None:
        stuck.set()
        await asyncio.Event().wait()

    async def run_and_hang() -> None:
        async with relaying(memory_shop, Recorder(hang), lease_s=2):
            await asyncio.Event().wait()

    victim = asyncio.create_task(run_and_hang())
    await stuck.wait()
    bus = Recorder()
    async with relaying(memory_shop, bus, lease_s=2):
        await asyncio.sleep(2.6)  # longer than a lease: the victim lives, and renews
        assert bus.sent == []
        await abandon(victim)
        await eventually(lambda: emptied(memory_shop))
    assert bus.times_sent() == dict.fromkeys(ids, 1)


async def test_a_lease_is_renewed_while_a_slow_handler_works(memory_shop: Shop) -> None:
    handled: list[int] = []

    async def slow(event: Any, context: EventContext) -> None:
        handled.append(event.number)
        await asyncio.sleep(4)
        await settle(event, context)

    async with memory_shop.running(consumer(slow), lease_s=1.5):
        await memory_shop.order(1, 2, 3)
        await memory_shop.until_settled(3)
    assert sorted(handled) == [1, 2, 3]


async def test_a_relay_killed_between_confirm_and_deletion_sends_again_and_the_inbox_absorbs_it(
    shop: Shop,
) -> None:
    (event_id,) = await shop.order(1)
    async with shop.running(consumer(settle), lease_s=0.3):
        await shop.until_settled(1)
        async with shop.database.connection() as connection:
            body = message_of(Ordered(number=1), event_id=event_id).body
            await connection.execute(
                "insert into outbox (event_id, topic, tenant, trace_id, attempt, body, claimed_by) "
                "values ($1, $2, 'acme', '', 1, $3, $4)",
                event_id,
                Ordered.topic,
                body,
                uuid4(),
            )
        await eventually(lambda: emptied(shop))
        await shop.order(2)
        await shop.until_settled(2)
    assert await shop.effects() == [1, 2]


async def test_what_nobody_consumes_waits_with_its_reason_until_a_group_appears(
    shop: Shop,
) -> None:
    async with shop.running():
        await shop.order(1)
        (row,) = await eventually(lambda: told_why(shop))
        assert row["waiting_for"].startswith("no consumer: ")
    async with shop.running(consumer(settle)):
        await shop.until_settled(1)
    assert await shop.effects() == [1]


async def told_why(shop: Shop) -> list[dict[str, Any]]:
    return [row for row in await shop.waiting() if row["waiting_for"]]


REFUSALS = {
    "unroutable": Unroutable("no consumer"),
    "unavailable": BusUnavailable("away"),
    "unforeseen": RuntimeError("NUL \x00 and \udcff"),
    "cancelled by the bus": asyncio.CancelledError(),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
async def test_one_row_that_cannot_be_sent_does_not_stop_the_others(
    memory_shop: Shop, refusal: BaseException
) -> None:
    bad, *good = await memory_shop.order(*range(100))
    refused = 0

    async def refuse(message: Message) -> None:
        nonlocal refused
        if message.event_id == bad and not refused:
            refused += 1
            raise refusal

    bus = Recorder(refuse)
    async with relaying(memory_shop, bus):
        await eventually(lambda: len(bus.sent) == 99)
        assert bus.times_sent() == dict.fromkeys(good, 1)
        await eventually(lambda: emptied(memory_shop))  # and in the end the bad one is sent too
    assert bus.times_sent()[bad] == 1


async def test_a_window_full_of_hanging_rows_is_all_that_is_in_flight(memory_shop: Shop) -> None:
    await memory_shop.order(*range(WINDOW * 2))
    in_flight, most, gate = 0, 0, asyncio.Event()

    async def count(_message: Message) -> None:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await gate.wait()
        in_flight -= 1

    bus = Recorder(count)
    async with relaying(memory_shop, bus):
        await eventually(lambda: in_flight == WINDOW)
        gate.set()
        await eventually(lambda: emptied(memory_shop))
    assert most == WINDOW
    assert len(bus.sent) == WINDOW * 2


async def test_rows_are_sent_in_the_order_in_which_they_fell_due(memory_shop: Shop) -> None:
    ids = await memory_shop.order(*range(150))
    bus = Recorder()
    async with relaying(memory_shop, bus):
        await eventually(lambda: emptied(memory_shop))
    assert [message.event_id for message in bus.sent] == ids


async def test_a_commit_wakes_the_relay_of_its_own_process(
    memory_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brickline.events.relay._POLL_S", 3600.0)  # polling finds nothing in time
    async with memory_shop.running(consumer(settle)):
        for number in range(20):
            await memory_shop.order(number)
            await eventually(lambda: emptied(memory_shop), every_s=0.005)


async def test_the_relay_of_another_process_finds_a_row_by_polling(memory_shop: Shop) -> None:
    async with memory_shop.running(consumer(settle)):
        async with EventRuntime("api", memory_shop.database, memory_shop.bus).transaction(ORIGIN) as tx:
            await tx.publish(Ordered(number=1))
        await memory_shop.until_settled(1, timeout_s=3)


async def test_the_end_of_a_relay_sends_what_is_due_and_leaves_what_is_not(memory_shop: Shop) -> None:
    due = await memory_shop.order(*range(150))
    (later,) = await memory_shop.order(999, due_at=datetime.now(UTC) + timedelta(hours=1))
    bus = Recorder()
    async with relaying(memory_shop, bus):
        pass  # it ends at once
    assert bus.times_sent() == dict.fromkeys(due, 1)
    assert [row["event_id"] for row in await memory_shop.waiting()] == [later]

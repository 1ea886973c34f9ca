"""The type of a failure decides: retried, deferred, held while a dependency is down, or a dead letter."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from brickline.events import (
    Deferred,
    EventContext,
    FailureClass,
    Message,
    PermanentError,
    RetryPolicy,
    TransientError,
)
from brickline.persistence import DatabaseUnavailable
from brickline.schemas import EventDeadLettered, EventDeferred, Payload, decode
from support.outage import outage
from support.shop import (
    MOURNERS,
    ORIGIN,
    QUICKLY,
    Ordered,
    Shipped,
    Shop,
    consumer,
    message_of,
    settle,
    write_effect,
)
from support.waiting import eventually

Raiser = Callable[[EventContext], Exception | None]


def raising(choose: Raiser, calls: list[int]) -> Any:
    """A handler that notes its attempt, then raises what it is told to, or settles."""

    async def handle(event: Any, context: EventContext) -> None:
        calls.append(context.attempt)
        async with context.transaction() as tx:
            await write_effect(tx, event, context)
            await tx.publish(Shipped(number=event.number))
            if error := choose(context):
                raise error

    return handle


async def one_letter(shop: Shop) -> dict[str, Any]:
    """The only dead letter, once nothing moves any more."""
    await eventually(shop.dead_letters)
    await shop.until_settled(1)
    (letter,) = await shop.dead_letters()
    return letter


async def test_a_transient_failure_is_retried_with_its_attempts_counted(shop: Shop) -> None:
    calls: list[int] = []
    flaky = raising(lambda context: RuntimeError("no luck") if context.attempt < 3 else None, calls)
    async with shop.running(consumer(flaky), consumer(settle, group="shipments", of=Shipped)):
        await shop.order(1)
        await shop.until_settled(1, "shipments")
    assert calls == [1, 2, 3]
    assert (await shop.effects(), await shop.effects("shipments"), await shop.dead_letters()) == (
        [1],
        [1],
        [],
    )


async def test_an_exhausted_event_becomes_one_dead_letter_that_counts_every_attempt(shop: Shop) -> None:
    calls: list[int] = []
    async with shop.running(consumer(raising(lambda _: RuntimeError("no luck"), calls)), mourner := mourn()):
        (event_id,) = await shop.order(1)
        letter = await one_letter(shop)
        await eventually(lambda: mourner.heard)
    assert calls == [1, 2, 3]
    assert (letter["reason"], letter["attempts"], letter["event_id"]) == ("exhausted", 3, event_id)
    assert letter["error"] == "RuntimeError: no luck"
    assert decode(letter["body"], Ordered).payload == Ordered(number=1)
    assert await shop.effects() == []


async def test_a_retry_waits_at_least_as_long_as_a_provider_asked(shop: Shop) -> None:
    times: list[datetime] = []

    async def limited(event: Any, context: EventContext) -> None:
        times.append(datetime.now(UTC))
        if context.attempt == 1:
            raise TransientError("slow down", retry_after_s=0.5)
        await settle(event, context)

    async with shop.running(consumer(limited)):
        await shop.order(1)
        await shop.until_settled(1)
    assert times[1] - times[0] >= timedelta(seconds=0.5)


@pytest.mark.parametrize("seconds", [float("inf"), 1e30, float("nan"), -5.0])
async def test_an_absurd_retry_after_cannot_stop_a_group(shop: Shop, seconds: float) -> None:
    async def absurd(event: Any, context: EventContext) -> None:
        if event.number == 1:
            raise TransientError("nonsense", retry_after_s=seconds)
        await settle(event, context)

    once = RetryPolicy(max_attempts=2, base_s=0.01, cap_s=0.02)
    async with shop.running(consumer(absurd, concurrency=1, retry=once)):
        await shop.order(1, 2)
        await eventually(shop.effects)
        horizon = datetime.now(UTC) + timedelta(hours=25)
        assert all(row["due_at"] < horizon for row in await shop.waiting())


async def test_a_permanent_failure_is_a_dead_letter_at_once(shop: Shop) -> None:
    calls: list[int] = []
    async with shop.running(consumer(raising(lambda _: PermanentError("never"), calls))):
        await shop.order(1)
        letter = await one_letter(shop)
    assert (calls, letter["reason"], letter["attempts"]) == ([1], "permanent", 1)
    assert await shop.effects() == []


async def test_a_consumer_may_classify_exceptions_of_its_own(shop: Shop) -> None:
    class Refused(RuntimeError):
        pass

    calls: list[int] = []
    handler = raising(lambda _: Refused("by policy"), calls)
    async with shop.running(consumer(handler, failures={Refused: FailureClass.PERMANENT})):
        await shop.order(1)
        letter = await one_letter(shop)
    assert (calls, letter["reason"]) == ([1], "permanent")


async def test_a_deferred_event_comes_back_at_its_time_with_no_attempt_counted(shop: Shop) -> None:
    times: list[datetime] = []
    calls: list[int] = []

    def defer(_context: EventContext) -> Exception | None:
        times.append(datetime.now(UTC))
        if len(times) < 5:  # more often than there are attempts
            return Deferred("budget window is full", until=datetime.now(UTC) + timedelta(milliseconds=60))
        return None

    async with shop.running(consumer(raising(defer, calls)), consumer(settle, group="shipments", of=Shipped)):
        await shop.order(1)
        await shop.until_settled(1, "shipments")
    assert calls == [1, 1, 1, 1, 1]
    assert all(later - sooner >= timedelta(milliseconds=60) for sooner, later in pairwise(times))
    assert await shop.effects() == [1]


async def test_an_exception_classified_as_deferred_is_retried_with_no_attempt_counted(shop: Shop) -> None:
    calls: list[int] = []
    handler = raising(lambda _: None if len(calls) > 4 else BlockingIOError(), calls)
    quiet = consumer(settle, group="shipments", of=Shipped)
    async with shop.running(consumer(handler, failures={BlockingIOError: FailureClass.DEFERRED}), quiet):
        await shop.order(1)
        await shop.until_settled(1, "shipments")
    assert calls == [1] * 5


async def test_what_waits_says_why(shop: Shop) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    calls: list[int] = []
    async with shop.running(consumer(raising(lambda _: Deferred("window is full", until=until), calls))):
        await shop.order(1)
        (row,) = await eventually(lambda: parked(shop))
    assert (row["due_at"], row["waiting_for"]) == (until, "orders: Deferred: window is full")
    assert (row["group_id"], row["attempt"]) == ("orders", 1)


async def test_a_wait_that_has_a_name_is_announced_with_the_ids_of_its_event(shop: Shop) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    job_id, waits = uuid4(), Deferred("the hour is spent", until=until, waiting_for="budget")
    late = message_of(Ordered(number=4), job_id=job_id)
    hearer = mourn(EventDeferred)
    async with shop.running(consumer(raising(lambda _: waits, [])), hearer):
        await shop.bus.publish(late)
        await eventually(lambda: hearer.heard)
        (row,) = await parked(shop)
    ((told, context),) = hearer.heard
    assert (told.event_id, told.event_topic, told.group_id) == (late.event_id, Ordered.topic, "orders")
    assert (told.waiting_for, told.until, told.detail) == ("budget", until, "the hour is spent")
    assert (told.event_subject, row["due_at"]) == ("order 4", until)
    event = context.event
    assert (event.trace_id, event.tenant, event.job_id) == (ORIGIN.trace_id, ORIGIN.tenant, job_id)
    assert event.causation_id == late.event_id


async def test_a_wait_is_announced_each_time_and_one_without_a_name_never(shop: Shop) -> None:
    names = [None, "budget", None, "budget", "budget"]
    calls: list[int] = []

    def defer(_context: EventContext) -> Exception | None:
        if len(calls) > len(names):
            return None
        soon = datetime.now(UTC) + timedelta(milliseconds=20)
        return Deferred("not now", until=soon, waiting_for=names[len(calls) - 1])

    quiet, hearer = consumer(settle, group="shipments", of=Shipped), mourn(EventDeferred)
    async with shop.running(consumer(raising(defer, calls)), quiet, hearer):
        await shop.order(1)
        await shop.until_settled(1, "shipments")
        await shop.until_settled(3, MOURNERS)
    assert [told.waiting_for for told, _ in hearer.heard] == ["budget"] * 3
    assert calls == [1] * 6


async def test_the_wait_of_an_announcement_is_not_announced_nor_is_its_end_among_the_dead(
    shop: Shop,
) -> None:
    tries: list[int] = []

    async def unable(_event: Any, context: EventContext) -> None:
        tries.append(context.attempt)
        if len(tries) > 1:
            raise PermanentError("cannot bear it")
        raise Deferred("me too", until=datetime.now(UTC), waiting_for="budget")

    failing = consumer(unable, group=MOURNERS, of=EventDeferred)
    told = EventDeferred(
        event_id=uuid4(),
        event_topic=Ordered.topic,
        group_id="orders",
        waiting_for="budget",
        until=datetime.now(UTC),
        detail="spent",
        event_subject="order 1",
    )
    async with shop.running(failing):
        await shop.bus.publish(message_of(told))
        await eventually(shop.dead_letters)
        await eventually(lambda: nothing_waits(shop))
    assert tries == [1, 1]


async def nothing_waits(shop: Shop) -> bool:
    return await shop.waiting() == []


async def test_a_wait_is_announced_if_and_only_if_the_event_is_put_back(memory_shop: Shop) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    old = RetryPolicy(max_age_s=60)
    waits = consumer(raising(lambda _: Deferred("spent", until=until, waiting_for="budget"), []), retry=old)
    async with memory_shop.running(waits):
        await memory_shop.order(1)
        await eventually(memory_shop.dead_letters)
    (letter,) = await memory_shop.dead_letters()
    assert letter["reason"] == "expired"
    assert [row["topic"] for row in await memory_shop.waiting()] == [EventDeadLettered.topic]


async def parked(shop: Shop) -> list[dict[str, Any]]:
    return [row for row in await shop.waiting() if row["group_id"]]


async def test_a_deferral_to_a_time_without_a_zone_is_the_handlers_failure(shop: Shop) -> None:
    calls: list[int] = []
    naive = datetime(2030, 1, 1)
    async with shop.running(consumer(raising(lambda _: Deferred("later", until=naive), calls))):
        await shop.order(1)
        letter = await one_letter(shop)
    assert letter["reason"] == "exhausted"
    assert "without a time zone" in letter["error"]


async def test_while_a_dependency_is_down_no_attempt_is_counted_and_readiness_is_red(shop: Shop) -> None:
    calls: list[int] = []
    down = True
    handler = raising(lambda _: DatabaseUnavailable("some other server is away") if down else None, calls)
    async with shop.running(consumer(handler), consumer(settle, group="shipments", of=Shipped)):
        await shop.order(1)
        reason = await eventually(lambda: red(shop))
        assert "holds its events: some other server is away" in reason
        await eventually(lambda: len(calls) > 1)
        down = False
        await shop.until_settled(1, "shipments")
        assert await red(shop) == ""
    assert set(calls) == {1}
    assert await shop.effects() == [1]


async def red(shop: Shop) -> str:
    readiness = await shop.health.readiness()
    return "; ".join(reason for reason in readiness.checks.values() if reason != "ok")


async def test_while_postgres_refuses_nothing_is_lost_and_no_attempt_is_burned(
    shop: Shop, postgres_server: str, database_url: str
) -> None:
    calls: list[int] = []
    started, go_on = asyncio.Event(), asyncio.Event()

    async def handle(event: Any, context: EventContext) -> None:
        calls.append(context.attempt)
        started.set()
        await go_on.wait()
        await settle(event, context)

    async with shop.running(consumer(handle, concurrency=2), lease_s=1.0):
        await shop.order(*range(6))
        await started.wait()
        async with outage(postgres_server, database_url):
            go_on.set()
            await eventually(lambda: red(shop))
        await shop.until_settled(6)
        await eventually(lambda: is_green(shop))
    assert set(calls) == {1}
    assert (await shop.effects(), await shop.dead_letters()) == ([0, 1, 2, 3, 4, 5], [])


async def is_green(shop: Shop) -> bool:
    return await red(shop) == ""


GARBAGE = {
    "no JSON": b"\x00\xff not json",
    "empty": b"",
    "no event": b'{"hello": "world"}',
    "deep": b"[" * 5000,
    "a number": b"7",
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
async def test_bytes_that_are_no_event_become_a_dead_letter_and_harm_nobody(shop: Shop, body: bytes) -> None:
    async with shop.running(consumer(settle, concurrency=1), mourner := mourn()):
        await shop.bus.publish(Message(body=body, topic=Ordered.topic, event_id=None))
        await shop.order(1)
        await shop.until_settled(2)
    (letter,) = await shop.dead_letters()
    assert (letter["reason"], letter["body"], letter["topic"]) == ("contract", body, Ordered.topic)
    assert (letter["tenant"], letter["trace_id"]) == (None, None)
    assert await shop.effects() == [1]
    assert mourner.heard == []  # nobody's: it has neither tenant nor trace


async def test_the_same_garbage_twice_is_one_dead_letter(shop: Shop) -> None:
    garbage = Message(body=b"{", topic=Ordered.topic, event_id=None)
    async with shop.running(consumer(settle)):
        await asyncio.gather(shop.bus.publish(garbage), shop.bus.publish(garbage))
        await shop.bus.publish(Message(body=b"[", topic=Ordered.topic, event_id=None))
        await shop.until_settled(2)
    assert [letter["body"] for letter in await shop.dead_letters()].count(b"{") == 1


async def test_garbage_in_the_outbox_does_not_hold_up_what_is_behind_it(shop: Shop) -> None:
    async with shop.database.connection() as connection:
        await connection.execute(
            "insert into outbox (event_id, topic, tenant, trace_id, attempt, body) "
            "values ($1, 'shop.ordered', 'acme', '', 1, 'garbage')",
            uuid4(),
        )
    async with shop.running(consumer(settle)):
        await shop.order(1)
        await shop.until_settled(2)
    assert await shop.effects() == [1]
    assert len(await shop.dead_letters()) == 1


async def test_an_event_of_another_topic_on_a_groups_queue_is_a_contract_failure(shop: Shop) -> None:
    job_id = uuid4()
    async with shop.running(consumer(settle), mourner := mourn()):
        await shop.bus.publish(message_of(Shipped(number=1), group_id="orders", job_id=job_id))
        letter = await one_letter(shop)
        (told,) = await eventually(lambda: mourner.heard)
    assert letter["reason"] == "contract"
    assert "this reader is of 'shop.ordered'; the event is a 'shop.shipped'" in letter["error"]
    assert (letter["tenant"], letter["trace_id"]) == (ORIGIN.tenant, ORIGIN.trace_id)
    assert told[1].event.job_id == job_id


async def test_a_type_that_postgres_cannot_hold_is_a_dead_letter_all_the_same(shop: Shop) -> None:
    document = json.loads(message_of(Ordered(number=1)).body)
    document["type"] = "nul\x00 in the topic"
    body = json.dumps(document).encode()
    async with shop.running(consumer(settle)):
        await shop.bus.publish(Message(body=body, topic="nul\x00", event_id=None, group_id="orders"))
        letter = await one_letter(shop)
    assert letter["reason"] == "contract"


async def test_a_retry_needs_no_header_and_believes_none(shop: Shop) -> None:
    calls: list[int] = []
    handler = raising(lambda context: RuntimeError() if context.attempt == 1 else None, calls)
    missing = message_of(Ordered(number=1), group_id="orders")
    missing = Message(body=missing.body, topic="forged", event_id=None, group_id="orders")
    forged = Message(
        body=message_of(Ordered(number=2)).body, topic="forged", event_id=uuid4(), group_id="orders"
    )
    async with shop.running(consumer(handler), consumer(settle, group="shipments", of=Shipped)):
        await asyncio.gather(shop.bus.publish(missing), shop.bus.publish(forged))
        await shop.until_settled(2, "shipments")
    assert sorted(calls) == [1, 1, 2, 2]
    assert await shop.effects() == [1, 2]


class Unprintable(Exception):
    def __str__(self) -> str:
        raise ValueError("not even this works")


STRANGE = (
    RuntimeError("a NUL \x00 inside"),
    RuntimeError("a lone surrogate, as in file\udcff.txt"),
    RuntimeError("x" * 100_000),
    RuntimeError("'\"\n$1 %s \\ {}"),
    RuntimeError("\N{PILE OF POO}" * 3000),
    RuntimeError(),
    Unprintable(),
)


@pytest.mark.parametrize("failure", [FailureClass.PERMANENT, FailureClass.TRANSIENT])
async def test_a_strange_error_text_does_not_keep_an_event_from_its_end(
    shop: Shop, failure: FailureClass
) -> None:
    async def fail(event: Any, _context: EventContext) -> None:
        raise STRANGE[event.number]

    twice = RetryPolicy(max_attempts=2, base_s=0.01, cap_s=0.01)
    failures = {RuntimeError: failure, Unprintable: failure}
    async with shop.running(consumer(fail, failures=failures, retry=twice), mourner := mourn()):
        await shop.order(*range(len(STRANGE)))
        await shop.until_settled(len(STRANGE), MOURNERS)
    letters = {letter["event_id"]: letter["error"] for letter in await shop.dead_letters()}
    assert {told.event_id: told.error for told, _ in mourner.heard} == letters
    assert len(letters) == len(STRANGE)
    assert all(text.startswith(("RuntimeError: ", "Unprintable: ")) for text in letters.values())
    assert all(len(text) <= 2000 for text in letters.values())


async def test_a_cancellation_that_surfaces_in_a_handler_is_a_failure_like_others(shop: Shop) -> None:
    """Otherwise it would quietly end one of the tasks that handle, and the event would stay in its hand."""
    calls: list[int] = []

    async def cancelled_from_within(event: Any, context: EventContext) -> None:
        calls.append(context.attempt)
        if context.attempt == 1:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_soon(future.cancel)
            await future
        await settle(event, context)

    async with shop.running(consumer(cancelled_from_within, concurrency=1)):
        await shop.order(1, 2, 3)
        await shop.until_settled(3)
    assert await shop.effects() == [1, 2, 3]
    assert sorted(calls) == [1, 1, 1, 2, 2, 2]


async def test_a_bad_event_among_good_ones_is_the_only_one_that_fails(shop: Shop) -> None:
    async def picky(event: Any, context: EventContext) -> None:
        if event.number % 10 == 3:
            raise RuntimeError(f"order {event.number}")
        await settle(event, context)

    async with shop.running(consumer(picky)):
        await shop.order(*range(30))
        await eventually(lambda: three_letters(shop))
        await shop.until_settled(30)
    assert await shop.effects() == [number for number in range(30) if number % 10 != 3]
    assert len({letter["fingerprint"] for letter in await shop.dead_letters()}) == 1


async def three_letters(shop: Shop) -> bool:
    return len(await shop.dead_letters()) == 3


async def test_a_dead_letter_is_announced_once_with_the_ids_of_its_event(shop: Shop) -> None:
    job_id = uuid4()
    dead = message_of(Ordered(number=4), job_id=job_id)
    async with shop.running(consumer(raising(lambda _: PermanentError("never"), [])), mourner := mourn()):
        await asyncio.gather(shop.bus.publish(dead), shop.bus.publish(dead))
        await one_letter(shop)
        await shop.until_settled(1, MOURNERS)
    ((told, context),) = mourner.heard
    assert (told.event_id, told.event_topic, told.group_id) == (dead.event_id, Ordered.topic, "orders")
    assert (told.reason, told.error, told.event_subject) == ("permanent", "PermanentError: never", "order 4")
    event = context.event
    assert (event.trace_id, event.tenant, event.job_id) == (ORIGIN.trace_id, ORIGIN.tenant, job_id)
    assert event.causation_id == dead.event_id


async def test_a_group_that_fails_on_announcements_announces_nothing_of_its_own(shop: Shop) -> None:
    async def no_reader(_event: Any, _context: EventContext) -> None:
        raise PermanentError("cannot bear it")

    failing = consumer(no_reader, group=MOURNERS, of=EventDeadLettered)
    async with shop.running(consumer(no_reader), failing):
        await shop.order(1)
        await shop.until_settled(1)
        await shop.until_settled(1, MOURNERS)
    assert sorted(letter["group_id"] for letter in await shop.dead_letters()) == [MOURNERS, "orders"]


def mourn(announcement: type[Payload] = EventDeadLettered) -> Any:
    """A consumer that keeps announcements, by default those of dead letters, in `heard`."""
    heard: list[tuple[Any, EventContext]] = []

    async def listen(event: Any, context: EventContext) -> None:
        heard.append((event, context))

    made: Any = consumer(listen, group=MOURNERS, of=announcement, retry=QUICKLY)
    made.heard = heard
    return made

"""Trying again has limits: of attempts, of waits, and of an event's age."""

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from brickline.events import Deferred, EventContext, EventsError, FailureClass, RetryPolicy, TransientError
from support.shop import Shop, consumer, settle
from support.stranger import as_bytes, order_document
from support.waiting import eventually

MINUTELY = RetryPolicy(max_attempts=3, base_s=0.01, cap_s=0.01, max_age_s=60)


async def letters_of(shop: Shop, count: int) -> list[dict[str, Any]]:
    await shop.until_settled(count)
    found = await shop.dead_letters()
    assert len(found) == count
    return found


def failing_with(error: Exception, calls: list[int]) -> Any:
    async def fail(_event: Any, context: EventContext) -> None:
        calls.append(context.attempt)
        raise error

    return fail


async def order_from(shop: Shop, occurred_at: datetime) -> None:
    """Put an order into the outbox that occurred at that time."""
    await shop.rows(
        "insert into outbox (event_id, topic, tenant, trace_id, attempt, body) "
        "values (gen_random_uuid(), 'shop.ordered', 'acme', '', 1, $1)",
        as_bytes(order_document(7, time=occurred_at.isoformat())),
    )


async def test_an_event_older_than_its_group_allows_is_tried_once_and_then_expires(shop: Shop) -> None:
    calls: list[int] = []
    await order_from(shop, datetime.now(UTC) - timedelta(hours=2))
    async with shop.running(consumer(failing_with(RuntimeError("no luck"), calls), retry=MINUTELY)):
        (letter,) = await letters_of(shop, 1)
    assert calls == [1]
    assert (letter["reason"], letter["attempts"]) == ("expired", 1)
    assert letter["error"].startswith("EventExpired: it is 720")
    assert "past the 60.0 s that the group's max_age_s allows" in letter["error"]
    assert letter["error"].endswith("it failed with RuntimeError: no luck")


async def test_an_old_event_that_does_not_fail_is_settled_like_any_other(shop: Shop) -> None:
    await order_from(shop, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23))))
    async with shop.running(consumer(settle, retry=MINUTELY)):
        await shop.until_settled(1)
    assert (await shop.effects(), await shop.dead_letters()) == ([7], [])


async def test_a_young_event_is_retried_until_its_attempts_are_used_up(shop: Shop) -> None:
    calls: list[int] = []
    async with shop.running(consumer(failing_with(RuntimeError("no luck"), calls), retry=MINUTELY)):
        await shop.order(1)
        (letter,) = await letters_of(shop, 1)
    assert (calls, letter["reason"]) == ([1, 2, 3], "exhausted")


@pytest.mark.parametrize(
    "error",
    [
        Deferred("the window is full", until=datetime.now(UTC) + timedelta(hours=1)),
        TransientError("slow down", retry_after_s=3600),
    ],
)
async def test_a_time_beyond_the_greatest_age_is_not_waited_for(shop: Shop, error: Exception) -> None:
    calls: list[int] = []
    async with shop.running(consumer(failing_with(error, calls), retry=MINUTELY)):
        await shop.order(1)
        (letter,) = await letters_of(shop, 1)
    assert (calls, letter["reason"]) == ([1], "expired")
    assert str(error) in letter["error"]


async def test_an_event_cannot_be_deferred_past_its_age_however_small_the_steps(shop: Shop) -> None:
    calls: list[int] = []
    limit = RetryPolicy(max_attempts=1, base_s=0.05, cap_s=0.05, max_age_s=3)
    handler = failing_with(BlockingIOError("busy"), calls)
    deferring = consumer(handler, retry=limit, failures={BlockingIOError: FailureClass.DEFERRED})
    async with shop.running(deferring):
        await shop.order(1)
        (letter,) = await letters_of(shop, 1)
    assert len(calls) > 1
    assert set(calls) == {1}
    assert letter["reason"] == "expired"


async def test_without_a_greatest_age_an_old_event_is_retried(shop: Shop) -> None:
    calls: list[int] = []
    await order_from(shop, datetime.now(UTC) - timedelta(days=900))
    policy = RetryPolicy(max_attempts=2, base_s=0.01, cap_s=0.01)
    async with shop.running(consumer(failing_with(RuntimeError(), calls), retry=policy)):
        (letter,) = await letters_of(shop, 1)
    assert (calls, letter["reason"]) == ([1, 2], "exhausted")


async def test_dead_letters_that_expired_for_one_reason_have_one_fingerprint(shop: Shop) -> None:
    for hours in (1, 30, 500):
        await order_from(shop, datetime.now(UTC) - timedelta(hours=hours))
    async with shop.running(consumer(failing_with(RuntimeError("no luck"), []), retry=MINUTELY)):
        found = await letters_of(shop, 3)
    assert len({letter["fingerprint"] for letter in found}) == 1


@pytest.mark.parametrize("hours", [-23, 23])
async def test_a_deferral_to_the_end_of_time_in_any_zone_waits(memory_shop: Shop, hours: int) -> None:
    until = datetime.max.replace(tzinfo=timezone(timedelta(hours=hours)))
    async with memory_shop.running(consumer(failing_with(Deferred("for ever", until=until), []))):
        await memory_shop.order(1)
        rows: list[dict[str, Any]] = await eventually(lambda: deferred(memory_shop))
    assert [row["due_at"].year for row in rows] == [9999]


async def deferred(shop: Shop) -> list[dict[str, Any]]:
    return [row for row in await shop.waiting() if row["group_id"]]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("max_attempts", (0, -1, 10_001, math.nan, math.inf)),
        ("base_s", (0, -1.0, math.nan, math.inf, 1e9)),
        ("cap_s", (0, -1.0, math.nan, math.inf, 1e300)),
        ("max_age_s", (0, -1.0, math.nan, math.inf)),
    ],
)
def test_a_senseless_policy_is_refused_by_name(name: str, values: tuple[Any, ...]) -> None:
    for value in values:
        with pytest.raises(EventsError, match=re.escape(f"RetryPolicy.{name} is {value}: give it")):
            RetryPolicy(**{name: value})


@pytest.mark.parametrize("attempt", [1, 2, 50, 10_000])
def test_every_wait_is_within_its_bound(attempt: int) -> None:
    policy = RetryPolicy(max_attempts=10_000, base_s=0.5, cap_s=8)
    waits = [policy.delay_s(attempt) for _ in range(200)]
    assert all(0 <= wait <= min(8, 0.5 * 2 ** min(attempt - 1, 20)) for wait in waits)
    assert max(waits) > min(waits)

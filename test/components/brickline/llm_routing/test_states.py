"""Breakers, throttles and latencies are the same for all workers; each worker here has a `ModelStates`."""

import asyncio
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from brickline.llm_routing import ModelState, ModelStates
from brickline.persistence import Database
from support.waiting import eventually

Worker = Callable[[], ModelStates]


@pytest.fixture
def slow(database: Database) -> Worker:
    """Make a worker whose breakers stay open for the rest of the test."""
    return lambda: ModelStates(database, open_s=600)


@pytest.fixture
def quick(database: Database) -> Worker:
    """Make a worker whose breakers are half open a moment after they opened."""
    return lambda: ModelStates(database, open_s=0.05, refresh_s=0.02)


async def fail(states: ModelStates, times: int = 5) -> None:
    for _ in range(times):
        await states.failed("m", "HTTP 503")


async def refreshed(*workers: ModelStates) -> None:
    for states in workers:
        await states.refresh()


def is_open(states: ModelStates) -> bool:
    until = states.snapshot.get("m", ModelState()).open_until
    return until is not None and until > datetime.now(UTC)


async def half_open(*workers: ModelStates) -> None:
    """Wait until every worker knows of a breaker that has been open."""

    async def seen() -> bool:
        await refreshed(*workers)
        return all(states.snapshot["m"].open_until and not is_open(states) for states in workers)

    await eventually(seen)


async def test_five_failures_in_a_row_open_the_breaker_whichever_workers_saw_them(slow: Worker) -> None:
    first, second, third = slow(), slow(), slow()
    await fail(first, 3)
    await fail(second, 1)
    assert not is_open(second)
    await fail(second, 1)
    assert is_open(second)
    await refreshed(first, third)
    assert is_open(first)
    assert is_open(third)
    assert third.snapshot["m"].reason == "HTTP 503"
    assert not await first.may_try("m")
    assert not await third.may_try("m")


async def test_a_breaker_opens_for_the_time_it_was_given(slow: Worker) -> None:
    states = slow()
    await fail(states)
    until = states.snapshot["m"].open_until
    assert until is not None
    assert abs(until - datetime.now(UTC) - timedelta(seconds=600)) < timedelta(seconds=5)


async def test_a_success_in_between_starts_the_count_anew(slow: Worker) -> None:
    first, second = slow(), slow()
    await fail(first, 4)
    await refreshed(second)
    await second.succeeded("m")
    await fail(first, 4)
    assert not is_open(first)
    assert await first.may_try("m")


async def test_the_failure_of_one_model_is_none_of_another(slow: Worker) -> None:
    states = slow()
    await fail(states)
    assert await states.may_try("other")


async def test_calls_that_had_begun_before_do_not_keep_a_breaker_open_for_longer(
    database: Database, slow: Worker
) -> None:
    await fail(slow())
    longer = ModelStates(database, open_s=1200)
    await fail(longer, 1)
    until = longer.snapshot["m"].open_until
    assert until is not None
    assert until - datetime.now(UTC) <= timedelta(seconds=600)


async def test_of_fifty_calls_that_would_try_a_half_open_breaker_exactly_one_may(
    database: Database,
) -> None:
    workers = [ModelStates(database, open_s=0.05, probe_s=600) for _ in range(5)]
    await fail(workers[0])
    await half_open(*workers)
    tried = await asyncio.gather(*(workers[number % 5].may_try("m") for number in range(50)))
    assert sum(tried) == 1


async def test_while_the_probe_is_out_the_model_is_excluded_for_everyone(database: Database) -> None:
    workers = [ModelStates(database, open_s=0.05, probe_s=600) for _ in range(2)]
    await fail(workers[0])
    await half_open(*workers)
    assert await workers[0].may_try("m")
    await refreshed(*workers)
    assert all(is_open(states) for states in workers)
    assert not await workers[0].may_try("m")
    assert not await workers[1].may_try("m")


async def test_a_probe_that_succeeds_closes_the_breaker_for_everyone(quick: Worker) -> None:
    first, second = quick(), quick()
    await fail(first)
    await half_open(first, second)
    assert await first.may_try("m")
    await first.succeeded("m")
    assert await first.may_try("m")
    await refreshed(second)
    assert second.snapshot["m"].open_until is None
    assert await second.may_try("m")
    await fail(second, 4)
    assert not is_open(second)


async def test_a_worker_that_has_not_heard_of_the_closing_finds_out_when_it_tries(quick: Worker) -> None:
    first, second = quick(), quick()
    await fail(first)
    await half_open(first, second)
    assert await first.may_try("m")
    await first.succeeded("m")
    assert await asyncio.gather(*(second.may_try("m") for _ in range(5))) == [True] * 5


async def test_a_probe_that_fails_opens_the_breaker_again_at_once(database: Database) -> None:
    quick, slow = ModelStates(database, open_s=0.05), ModelStates(database, open_s=600)
    await fail(quick)
    await half_open(slow)
    assert await slow.may_try("m")
    await fail(slow, 1)
    await refreshed(quick)
    assert is_open(quick)
    assert not await quick.may_try("m")


async def test_a_probe_that_is_never_heard_of_again_is_replaced_after_its_lease(database: Database) -> None:
    dead, alive = (ModelStates(database, open_s=0.05, probe_s=1, refresh_s=0.02) for _ in range(2))
    await fail(dead)
    await half_open(dead, alive)
    started = asyncio.get_running_loop().time()
    assert await dead.may_try("m")
    assert not await alive.may_try("m")

    async def replaced() -> bool:
        await alive.refresh()
        return await alive.may_try("m")

    assert await eventually(replaced)
    assert asyncio.get_running_loop().time() - started >= 0.95


async def test_what_a_provider_says_about_retrying_holds_for_everyone(slow: Worker) -> None:
    first, second = slow(), slow()
    await first.failed("m", "HTTP 429", 30)
    await refreshed(second)
    for states in (first, second):
        until = states.snapshot["m"].throttled_until
        assert until is not None
        assert 25 < (until - datetime.now(UTC)).total_seconds() <= 30
        assert not await states.may_try("m")


async def test_being_told_when_to_retry_does_not_count_towards_the_breaker(slow: Worker) -> None:
    states = slow()
    for _ in range(10):
        await states.failed("m", "HTTP 429", 0.01)
    assert states.snapshot["m"].open_until is None
    await eventually(lambda: states.may_try("m"))


async def test_a_shorter_wait_does_not_undo_a_longer_one(slow: Worker) -> None:
    states = slow()
    await states.failed("m", "HTTP 429", 30)
    await states.failed("m", "HTTP 429", 1)
    until = states.snapshot["m"].throttled_until
    assert until is not None
    assert (until - datetime.now(UTC)).total_seconds() > 20


async def test_advice_to_wait_for_days_is_followed_for_an_hour(slow: Worker) -> None:
    states = slow()
    await states.failed("m", "HTTP 429", math.inf)
    until = states.snapshot["m"].throttled_until
    assert until is not None
    assert 3500 < (until - datetime.now(UTC)).total_seconds() <= 3600


@pytest.mark.parametrize("advice", [0, -5, math.nan])
async def test_advice_that_is_none_counts_as_a_failure(slow: Worker, advice: float) -> None:
    states = slow()
    for _ in range(5):
        await states.failed("m", "HTTP 503", advice)
    assert is_open(states)


async def test_any_text_will_do_as_a_reason(slow: Worker) -> None:
    states, other = slow(), slow()
    await states.failed("m", "\x00 \ud800 " + "x" * 10_000)
    await refreshed(other)
    reason = other.snapshot["m"].reason
    assert reason.startswith("\N{REPLACEMENT CHARACTER} ? xxx")
    assert len(reason) == 500


async def test_the_latencies_that_one_worker_measures_reach_the_others(database: Database) -> None:
    first, second = (ModelStates(database, refresh_s=0.02) for _ in range(2))
    async with first.running(), second.running():
        first.took("m", 2.0)
        assert first.snapshot["m"].latency_s == 2.0
        await eventually(lambda: second.snapshot.get("m", ModelState()).latency_s == 2.0)
        second.took("m", 3.0)
        await eventually(lambda: first.snapshot["m"].latency_s == pytest.approx(2.2))


async def test_what_was_measured_last_is_handed_in_at_the_end(database: Database) -> None:
    states, other = ModelStates(database, refresh_s=600), ModelStates(database)
    async with states.running():
        states.took("m", 2.0)
    await refreshed(other)
    assert other.snapshot["m"].latency_s == 2.0


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -1])
def test_what_cannot_be_a_latency_is_ignored(slow: Worker, seconds: float) -> None:
    states = slow()
    states.took("m", seconds)
    assert not states.snapshot


async def test_a_latency_of_long_ago_is_forgotten(database: Database) -> None:
    states, other = ModelStates(database, refresh_s=600), ModelStates(database)
    async with states.running():
        states.took("m", 60.0)
    async with database.connection() as connection:
        await connection.execute(
            "update llm_model_states set latency_at = latency_at - interval '11 minutes'"
        )
    await refreshed(states, other)
    assert other.snapshot["m"].latency_s is None
    async with states.running():
        states.took("m", 1.0)
    await refreshed(other)
    assert other.snapshot["m"].latency_s == 1.0


async def test_workers_that_hand_in_many_latencies_at_once_do_not_block_each_other(
    database: Database,
) -> None:
    workers = [ModelStates(database, refresh_s=0.001) for _ in range(8)]

    async def work(number: int, states: ModelStates) -> None:
        async with states.running():
            for round_ in range(10):
                for model in range(20):
                    states.took(f"m{(model * (number + 1)) % 20}", 1.0)
                    await states.failed(f"m{(model + round_) % 20}", "HTTP 500", 0.001)
                await asyncio.sleep(0)

    async with asyncio.timeout(20):
        await asyncio.gather(*(work(number, states) for number, states in enumerate(workers)))
    await refreshed(workers[0])
    latencies = [state.latency_s for state in workers[0].snapshot.values()]
    assert latencies == [pytest.approx(1.0)] * 20

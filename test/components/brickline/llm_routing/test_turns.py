"""All workers together keep to the calls and tokens a minute that a model's provider allows."""

import asyncio
import random
import time
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from brickline.llm_routing import ModelStates
from brickline.persistence import Database

START = datetime(2026, 11, 22, tzinfo=UTC)
_TAKE = """
select call, llm_take_turn('m', $1, $2, tokens, $3::timestamptz + make_interval(secs => second)) as wait_s
from unnest($4::float8[], $5::float8[]) with ordinality as asked (second, tokens, call) order by call
"""


async def waits(
    database: Database, rpm: int | None, tpm: int | None, asked: Sequence[tuple[float, float]]
) -> list[float]:
    """Ask for turns at given seconds with given tokens, by a clock of the test's own."""
    async with database.connection() as connection:
        seconds, tokens = [each[0] for each in asked], [each[1] for each in asked]
        rows = await connection.fetch(_TAKE, rpm, tpm, START, seconds, tokens)
    return [row["wait_s"] for row in rows]


def busiest_minute(taken: Sequence[tuple[float, float]]) -> float:
    """Return the most that was taken in any 60 seconds."""
    seconds = [each[0] for each in taken]
    return max(
        sum(amount for _, amount in taken[number : bisect_left(seconds, second + 60)])
        for number, second in enumerate(seconds)
    )


def rush(calls: int, every_s: float, largest: int = 1) -> list[tuple[float, float]]:
    dice = random.Random(4)  # not a secret
    second, asked = 0.0, []
    for _ in range(calls):
        second += dice.random() * 2 * every_s
        asked.append((second, float(dice.randint(1, largest))))
    return asked


@pytest.mark.parametrize("rpm", [1, 2, 7, 15, 60, 600])
async def test_no_minute_sees_more_calls_than_the_limit_and_a_tenth(database: Database, rpm: int) -> None:
    asked = rush(4000, 0.05 if rpm > 7 else 0.5)
    answers = await waits(database, rpm, None, asked)
    taken = [(second, 1.0) for (second, _), wait in zip(asked, answers, strict=True) if wait == 0]
    assert busiest_minute(taken) <= rpm * 1.1 + 1
    assert len(taken) >= asked[-1][0] * rpm / 60 * 0.9 - 1


@pytest.mark.parametrize("tpm", [100, 6000, 90_000])
async def test_no_minute_sees_more_tokens_than_the_limit_and_a_tenth(database: Database, tpm: int) -> None:
    asked = rush(4000, 0.05, largest=tpm // 10)
    answers = await waits(database, None, tpm, asked)
    taken = [each for each, wait in zip(asked, answers, strict=True) if wait == 0]
    assert busiest_minute(taken) <= tpm * 1.1 + 1
    assert sum(tokens for _, tokens in taken) >= asked[-1][0] * tpm / 60 * 0.7


@pytest.mark.parametrize(("rpm", "tpm"), [(60, None), (None, 6000), (60, 6000), (3, 100_000)])
async def test_after_the_wait_that_was_named_there_is_a_turn_and_not_before(
    database: Database, rpm: int | None, tpm: int | None
) -> None:
    *_, wait = await waits(database, rpm, tpm, [(0, 400)] * 30)
    assert wait > 0.1
    early, late = await waits(database, rpm, tpm, [(wait * 0.9, 400), (wait + 0.001, 400)])
    assert early > 0
    assert late == 0


async def test_a_call_of_more_tokens_than_come_in_one_go_gets_its_turn_when_nothing_is_used_up(
    database: Database,
) -> None:
    first, second = await waits(database, None, 6000, [(0, 3000), (0, 10)])
    assert first == 0
    assert second == pytest.approx(30 - 6 + 0.1, abs=0.01)
    partly, large = await waits(database, None, 6000, [(100, 1), (100, 3000)])
    assert partly == 0
    assert large == pytest.approx(0.01, abs=0.001)


async def test_what_one_limit_has_no_room_for_is_not_taken_off_the_other(database: Database) -> None:
    assert await waits(database, 10, 600, [(0, 600)]) == [0]
    denied = await waits(database, 10, 600, [(6, 1)] * 50)
    assert min(denied) > 0
    assert await waits(database, 10, None, [(6, 1)]) == [0]


async def test_a_limit_that_was_changed_holds_from_the_next_turn_on(database: Database) -> None:
    assert await waits(database, 600, None, [(0, 1)] * 61) == [*[0] * 60, pytest.approx(0.1)]
    assert await waits(database, 6000, None, [(0, 1)]) == [pytest.approx(0.01)]


async def test_models_have_limits_of_their_own(database: Database) -> None:
    states = ModelStates(database)
    assert await states.take_turn("a", 1, None, 10) == 0
    assert await states.take_turn("b", 1, None, 10) == 0
    assert 50 < await states.take_turn("a", 1, None, 10) <= 60


async def test_sixty_four_takers_of_four_workers_keep_to_the_limit_together(database: Database) -> None:
    workers = [ModelStates(database) for _ in range(4)]
    until, taken = time.monotonic() + 2.5, 0

    async def take(states: ModelStates) -> None:
        nonlocal taken
        while time.monotonic() < until:
            wait_s = await states.take_turn("m", 600, 6_000_000, 100)
            taken += wait_s == 0
            await asyncio.sleep(min(wait_s, 0.1))

    started = time.monotonic()
    await asyncio.gather(*(take(workers[number % 4]) for number in range(64)))
    elapsed = time.monotonic() - started
    assert 60 + 10 <= taken <= 60 + 10 * elapsed + 1


async def test_a_turn_is_taken_by_the_clock_of_postgres(database: Database) -> None:
    await ModelStates(database).take_turn("m", 1, None, 1)
    async with database.connection() as connection:
        ahead = await connection.fetchval("select calls_until - clock_timestamp() from llm_turns")
    assert timedelta(0) < ahead <= timedelta(minutes=1)

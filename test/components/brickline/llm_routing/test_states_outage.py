"""Without Postgres, routing goes on with what was known; a rate limit cannot be kept and says so."""

import logging

import pytest

from brickline.llm_routing import ModelStates
from brickline.persistence import Database, DatabaseUnavailable
from support.outage import outage
from support.waiting import eventually


async def test_what_was_known_stays_known_and_is_refreshed_afterwards(
    postgres_server: str, database_url: str, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    states, other = ModelStates(database, refresh_s=0.02), ModelStates(database, open_s=600)
    await states.failed("throttled", "HTTP 429", 600)
    for _ in range(5):
        await other.failed("open", "HTTP 503")
    async with states.running():
        async with outage(postgres_server, database_url):
            await eventually(lambda: "llm.states_not_shared" in caplog.messages)
            states.took("m", 2.0)
            await states.succeeded("throttled")
            await states.failed("m", "HTTP 500")
            await states.failed("later", "HTTP 429", 600)
            assert not await states.may_try("open")
            assert not await states.may_try("throttled")
            assert not await states.may_try("later")
            assert await states.may_try("m")
            assert states.snapshot["m"].latency_s == 2.0
        await eventually(lambda: "llm.states_shared_again" in caplog.messages)
        await other.refresh()
        assert other.snapshot["m"].latency_s == 2.0
    assert caplog.messages.count("llm.states_not_shared") == 1


async def test_a_half_open_breaker_is_probed_once_by_each_worker(
    postgres_server: str, database_url: str, database: Database
) -> None:
    states = ModelStates(database, open_s=0.01)
    for _ in range(5):
        await states.failed("m", "HTTP 503")
    async with outage(postgres_server, database_url):
        await eventually(lambda: states.may_try("m"))
        assert not await states.may_try("m")
        await states.succeeded("m")
        assert await states.may_try("m")
    await states.succeeded("m")
    await states.refresh()
    assert states.snapshot["m"].open_until is None


async def test_a_worker_starts_without_postgres(
    postgres_server: str, database_url: str, database: Database
) -> None:
    states = ModelStates(database, refresh_s=0.02)
    async with outage(postgres_server, database_url), states.running():
        assert await states.may_try("m")


async def test_a_turn_cannot_be_taken_and_says_so(
    postgres_server: str, database_url: str, database: Database
) -> None:
    states = ModelStates(database)
    async with outage(postgres_server, database_url):
        with pytest.raises(DatabaseUnavailable):
            await states.take_turn("m", 600, None, 10)
        assert await states.take_turn("m", None, None, 10) == 0

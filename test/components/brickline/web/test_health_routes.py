from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
from fastapi import FastAPI

from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health
from brickline.web import create_app

Serve = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]
Problems = Callable[[httpx.Response, int], dict[str, object]]


@pytest.fixture
async def stranger(serve: Serve, health: Health) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a server of the test's own: the tests change its health."""
    settings = HttpSettings(api_keys=ApiKeys({}))
    async with serve(create_app(service="ingestion", health=health, settings=settings)) as client:
        del client.headers["Authorization"]
        yield client


async def down() -> str | None:
    return "The database does not answer."


async def test_liveness_needs_no_key(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "service": "ingestion"}


async def test_readiness_tells_the_reason_as_every_service_does(
    stranger: httpx.AsyncClient, health: Health
) -> None:
    assert (await stranger.get("/health/ready")).status_code == 200
    health.add("database", down)
    answer = await stranger.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == (await health.readiness()).body()
    assert answer.json()["checks"] == {"broker": "ok", "database": "The database does not answer."}


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
async def test_probes_may_ask_for_the_head_only(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_probe_cannot_write(stranger: httpx.AsyncClient, problem_of: Problems) -> None:
    answer = await stranger.post("/health")
    problem_of(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"

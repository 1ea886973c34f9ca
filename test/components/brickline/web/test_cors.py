from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI

from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health
from brickline.web import create_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

Problems = Callable[[httpx.Response, int], dict[str, object]]
Serve = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]
SITE = "https://app.example"
ALLOW = "access-control-allow-origin"
PREFLIGHT = {
    "Origin": SITE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
}


@pytest_asyncio.fixture(loop_scope="module")
async def site_client(serve: Serve, health: Health) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that allows one site; it sends the key by itself."""
    keys = ApiKeys({"the-key-of-acme-inc": "acme"})
    router = APIRouter()

    @router.post("/documents")
    async def accept() -> None:
        raise RuntimeError("hunter2")

    settings = HttpSettings(api_keys=keys, cors_origins=(SITE,))
    async with serve(
        create_app(service="ingestion", health=health, settings=settings, routers=[router])
    ) as client:
        yield client


async def test_by_default_no_site_is_let_in(client: httpx.AsyncClient, stranger: httpx.AsyncClient) -> None:
    answer = await client.get("/documents", headers={"Origin": SITE})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert (await stranger.options("/documents", headers=PREFLIGHT)).status_code == 401


async def test_an_allowed_site_passes_its_preflight_without_a_key(site_client: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=site_client.base_url) as browser:
        answer = await browser.options("/documents", headers=PREFLIGHT)
    assert answer.status_code == 200
    assert answer.headers[ALLOW] == SITE
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{SITE}.evil.example", "http://app.example"]
)
async def test_another_site_is_refused(
    site_client: httpx.AsyncClient, problem_of: Problems, origin: str
) -> None:
    answer = await site_client.options("/documents", headers=PREFLIGHT | {"Origin": origin})
    problem_of(answer, 400)
    assert ALLOW not in answer.headers
    assert ALLOW not in (await site_client.get("/health", headers={"Origin": origin})).headers


async def test_an_allowed_site_may_read_every_failure_and_its_trace(site_client: httpx.AsyncClient) -> None:
    wrong_key = {"Origin": SITE, "Authorization": "Bearer not-a-known-key-at-all"}
    answers = [
        await site_client.post("/documents", headers=wrong_key),
        await site_client.get("/nowhere", headers={"Origin": SITE}),
        await site_client.post("/documents", headers={"Origin": SITE}),
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 500]
    for answer in answers:
        assert answer.headers[ALLOW] == SITE
        assert answer.headers["vary"] == "Origin"
        assert "X-Trace-Id" in answer.headers["access-control-expose-headers"]

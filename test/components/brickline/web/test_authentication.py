from collections.abc import Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health
from brickline.web import CurrentRequest, create_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

Problems = Callable[[httpx.Response, int], dict[str, object]]
Serve = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]
KEY = "the-key-of-acme-inc"


@pytest.mark.parametrize(
    "path", ["/documents", "/nowhere", "/docs", "/openapi.json", "/", "/health/", "/healthy"]
)
async def test_every_path_but_health_wants_the_key(
    stranger: httpx.AsyncClient, problem_of: Problems, path: str
) -> None:
    answer = await stranger.get(path)
    assert "Authorization: Bearer <API key>" in str(problem_of(answer, 401)["detail"])
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "BREW"])
async def test_every_method_wants_the_key(
    stranger: httpx.AsyncClient, problem_of: Problems, method: str
) -> None:
    problem_of(await stranger.request(method, "/documents", content=b"x" * 100_000), 401)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        KEY,
        f"Basic {KEY}",
        f"Bearer{KEY}",
        f"Bearer {KEY[:-1]}",
        f"Bearer {KEY}x",
        f"Bearer {KEY} {KEY}",
        f"Bearer {KEY.upper()}",
        "Bearer \xff\xfe",
    ],
)
async def test_anything_but_a_known_key_is_refused_and_not_echoed(
    stranger: httpx.AsyncClient, problem_of: Problems, value: str
) -> None:
    answer = await stranger.get("/documents", headers=[(b"Authorization", value.encode("latin-1"))])
    problem_of(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert KEY not in answer.text


async def test_two_authorization_headers_are_refused(
    stranger: httpx.AsyncClient, problem_of: Problems
) -> None:
    headers = [("Authorization", f"Bearer {KEY}"), ("Authorization", "Bearer another-key-of-someone")]
    problem_of(await stranger.get("/documents", headers=headers), 401)


async def test_an_unknown_key_is_named_an_invalid_token(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/documents", headers={"Authorization": "Bearer not-a-known-key-at-all"})
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_taken_in_any_case(stranger: httpx.AsyncClient, scheme: str) -> None:
    answer = await stranger.get("/documents", headers={"Authorization": f"{scheme} {KEY}"})
    assert answer.status_code == 200


async def test_the_documentation_opens_with_the_key(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    operation = document["paths"]["/documents"]["post"]
    assert operation["security"] == [{"HTTPBearer": []}]
    assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
    assert (await client.get("/docs")).status_code == 200


async def test_a_route_learns_whose_key_was_sent(serve: Serve, health: Health) -> None:
    keys = ApiKeys({KEY: "acme", "the-key-of-globex": "globex"})
    router = APIRouter()

    @router.get("/me")
    async def me(request: CurrentRequest) -> str:
        return request.tenant

    app = create_app(
        service="ingestion", health=health, settings=HttpSettings(api_keys=keys), routers=[router]
    )
    async with serve(app) as client:
        assert (await client.get("/me")).json() == "acme"
        other = await client.get("/me", headers={"Authorization": "Bearer the-key-of-globex"})
        assert other.json() == "globex"


async def test_without_any_key_nobody_enters(serve: Serve, health: Health, problem_of: Problems) -> None:
    app = create_app(service="ingestion", health=health, settings=HttpSettings(api_keys=ApiKeys({})))
    async with serve(app) as client:
        problem_of(await client.get("/documents"), 401)
        assert (await client.get("/health")).status_code == 200


async def test_a_websocket_without_a_key_is_closed(health: Health) -> None:
    app = create_app(service="ingestion", health=health, settings=HttpSettings(api_keys=ApiKeys({})))
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/health",
        "raw_path": b"/health",
        "headers": [],
        "query_string": b"",
    }
    await app(scope, receive, send)  # no WebSocket library is installed to send one over a socket
    assert [(message["type"], message["code"]) for message in sent] == [("websocket.close", 1008)]

"""Operators hold keys of their own: theirs open what is below `/operator/`, and nothing else."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import httpx
import pytest
import pytest_asyncio
from fastapi import APIRouter, FastAPI

from brickline.settings import ApiKeys, HttpSettings, SettingsError, load_settings
from brickline.telemetry import Health
from brickline.web import CurrentOperator, CurrentRequest, create_app

pytestmark = pytest.mark.asyncio(loop_scope="module")

Problems = Callable[[httpx.Response, int], dict[str, object]]
Serve = Callable[[FastAPI], AbstractAsyncContextManager[httpx.AsyncClient]]
OF_TENANT = "the-key-of-acme-inc"
OF_ANN = "the-key-of-ann-who-operates"


def app_with(operator_keys: ApiKeys) -> FastAPI:
    router = APIRouter()

    @router.get("/operator/things")
    async def things(operator: CurrentOperator) -> str:
        return operator

    @router.get("/documents")
    async def documents(request: CurrentRequest) -> str:
        return request.tenant

    settings = HttpSettings(api_keys=ApiKeys({OF_TENANT: "acme"}), operator_keys=operator_keys)
    return create_app(service="ingestion", health=Health("ingestion"), settings=settings, routers=[router])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def operated() -> AsyncIterator[httpx.AsyncClient]:
    """An application to which ann has a key."""
    transport = httpx.ASGITransport(app_with(ApiKeys({OF_ANN: "ann"})))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def sending(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_an_operators_key_opens_the_operators_paths_under_the_operators_name(
    operated: httpx.AsyncClient,
) -> None:
    answer = await operated.get("/operator/things", headers=sending(OF_ANN))
    assert (answer.status_code, answer.json()) == (200, "ann")


@pytest.mark.parametrize("path", ["/operator", "/operator/", "/operator/things", "/operator/nowhere"])
async def test_a_tenants_key_opens_none_of_them(operated: httpx.AsyncClient, path: str) -> None:
    answer = await operated.get(path, headers=sending(OF_TENANT))
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "operators" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/documents", "/nowhere", "/docs", "/openapi.json", "/", "/operators", "/operator%2Fthings/../x"]
)
async def test_an_operators_key_opens_nothing_else(operated: httpx.AsyncClient, path: str) -> None:
    answer = await operated.get(path, headers=sending(OF_ANN))
    assert answer.status_code == 403
    assert "operator's" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/operator/things", "/operator/nowhere"])
async def test_an_unknown_key_is_unknown_there_too(operated: httpx.AsyncClient, path: str) -> None:
    assert (await operated.get(path)).status_code == 401
    assert (await operated.get(path, headers=sending("nobody-has-this-key"))).status_code == 401


async def test_where_no_operator_has_a_key_there_is_nothing(serve: Serve) -> None:
    async with serve(app_with(ApiKeys({}))) as client:
        answer = await client.get("/operator/things", headers=sending(OF_TENANT))
    assert answer.status_code == 404


async def test_one_key_cannot_be_a_tenants_and_an_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRICKLINE_API_KEYS", f"acme:{OF_TENANT}")
    monkeypatch.setenv("BRICKLINE_OPERATOR_KEYS", f"ann:{OF_TENANT}")
    with pytest.raises(SettingsError, match="BRICKLINE_OPERATOR_KEYS repeats a key") as caught:
        load_settings(HttpSettings)
    assert OF_TENANT not in str(caught.value)

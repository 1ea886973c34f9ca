"""Operators see over HTTP which groups are paused, and let them go on."""

from collections.abc import AsyncIterator

import httpx
import pytest

from brickline.events import pause_group
from brickline.memory_bus import MemoryBus
from brickline.operator_api import groups_router
from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health
from brickline.web import create_app
from support.shop import Shop, open_shop

PATH = "/operator/groups"
KEY = "the-key-of-ann-who-operates"


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    async with open_shop(database_url, MemoryBus()) as shop:
        yield shop


@pytest.fixture
async def operator(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    """Ann, in front of the shop's routes."""
    settings = HttpSettings(
        api_keys=ApiKeys({"the-key-of-acme-inc": "acme"}), operator_keys=ApiKeys({KEY: "ann"})
    )
    router = groups_router({"shop": shop.database}, {"shop.ordered": ("orders",)})
    app = create_app(service="shop", health=Health("shop"), settings=settings, routers=[router])
    headers = {"Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


async def test_a_paused_group_is_listed_and_resumed_once(shop: Shop, operator: httpx.AsyncClient) -> None:
    assert (await operator.get(PATH)).json() == []
    async with shop.database.connection() as connection:
        await pause_group(connection, "orders", "20 events in a row cannot be read", b"{}")
    await shop.order(1, 2)
    [listed] = (await operator.get(PATH)).json()
    assert (listed["service"], listed["group_id"]) == ("shop", "orders")
    assert (listed["waiting_in_outboxes"], listed["dead_letters"]) == (2, 0)
    ended = await operator.post(f"{PATH}/orders/resume")
    assert (ended.status_code, ended.json()) == (200, listed)
    assert (await operator.get(PATH)).json() == []
    again = await operator.post(f"{PATH}/orders/resume")
    assert (again.status_code, "not paused" in again.json()["detail"]) == (409, True)


@pytest.mark.parametrize("group", ["nosuch", "%00", "a%20b", "%F0%9F%98%80"])
async def test_a_group_that_is_not_there_is_404(operator: httpx.AsyncClient, group: str) -> None:
    answer = await operator.post(f"{PATH}/{group}/resume")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "orders" in answer.json()["detail"]

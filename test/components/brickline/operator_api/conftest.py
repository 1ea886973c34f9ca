"""The operator's routes over a shop's database, and a client that holds an operator's key."""

from collections.abc import AsyncIterator

import httpx
import pytest

from brickline.memory_bus import MemoryBus
from brickline.operator_api import dead_letters_router, groups_router
from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health
from brickline.web import create_app
from support.shop import Shop, open_shop

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
    databases = {"shop": shop.database}
    routers = [dead_letters_router(databases), groups_router(databases, {"shop.ordered": ("orders",)})]
    app = create_app(service="shop", health=Health("shop"), settings=settings, routers=routers)
    headers = {"Authorization": f"Bearer {KEY}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client

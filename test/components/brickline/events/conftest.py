"""One behavioural suite for every bus: a test that asks for `shop` runs once on each."""

from collections.abc import AsyncIterator

import pytest

from brickline.events import MIGRATIONS, Bus
from brickline.persistence import Database
from support.buses import KINDS, memory_bus, rabbit_bus
from support.databases import migrated
from support.shop import Shop, open_shop


@pytest.fixture(params=KINDS)
def broker_url(request: pytest.FixtureRequest) -> str | None:
    """Where the broker is; None for the bus that needs none. A broker starts only when one is wanted."""
    if request.param == "memory":
        return None
    url: str = request.getfixturevalue("rabbitmq_url")
    return url


@pytest.fixture
async def bus(broker_url: str | None, topology_prefix: str) -> AsyncIterator[Bus]:
    """Each implementation of `Bus` in turn, empty."""
    if broker_url is None:
        yield memory_bus()
        return
    async with rabbit_bus(broker_url, topology_prefix) as bus:
        yield bus


@pytest.fixture
async def shop(database_url: str, bus: Bus) -> AsyncIterator[Shop]:
    """A service on a database and a bus of its own."""
    async with open_shop(database_url, bus) as shop:
        yield shop


@pytest.fixture
async def memory_shop(database_url: str) -> AsyncIterator[Shop]:
    """The same, where only the in-process bus makes the point."""
    async with open_shop(database_url, memory_bus()) as shop:
        yield shop


@pytest.fixture
async def shops(database_url: str) -> AsyncIterator[Database]:
    """The tables of a service that writes."""
    async with migrated(database_url, "shop", MIGRATIONS) as database:
        yield database


@pytest.fixture
async def readers(database_url: str) -> AsyncIterator[Database]:
    """The tables of one that reads it."""
    async with migrated(database_url, "reader", MIGRATIONS) as database:
        yield database

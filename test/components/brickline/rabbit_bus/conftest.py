"""A bus on the session's broker, and one on a broker that a test may ill-treat."""

from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from brickline.rabbit_bus import RabbitBus
from brickline_dev.errors import NodeError
from brickline_dev.rabbit_node import RabbitNode
from brickline_dev.wire import Wire, wire_to
from support.buses import rabbit_bus
from support.missing import miss
from support.shop import Shop, open_shop


@pytest.fixture
async def wired(rabbitmq_url: str) -> AsyncIterator[tuple[Wire, str]]:
    async with wire_to(rabbitmq_url) as wired:
        yield wired


@pytest.fixture
def wire(wired: tuple[Wire, str]) -> Wire:
    """What runs between `bus` and the broker."""
    return wired[0]


@pytest.fixture
async def bus(wired: tuple[Wire, str], topology_prefix: str) -> AsyncIterator[RabbitBus]:
    async with rabbit_bus(wired[1], topology_prefix) as bus:
        yield bus


@pytest.fixture
async def shop(database_url: str, bus: RabbitBus) -> AsyncIterator[Shop]:
    async with open_shop(database_url, bus) as shop:
        yield shop


@pytest.fixture
async def node() -> AsyncIterator[RabbitNode]:
    """A broker of the test's own, to stop, kill and start."""
    with TemporaryDirectory(prefix="brickline-rabbitmq-") as folder:
        try:
            async with RabbitNode(Path(folder)) as node:
                yield node
        except NodeError as error:
            miss(str(error))

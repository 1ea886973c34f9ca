"""Setting the stage, and clearing it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from brickline_dev.backing import BROKER_VARIABLE, DATABASE_VARIABLE
from brickline_dev.ports import free_ports
from brickline_dev.rabbit_node import RabbitNode
from brickline_dev.services import services
from brickline_dev.wire import Wire, over, server_of
from chaos.errors import ChaosError
from chaos.faults import SERVICES
from chaos.postgres import Postgres
from chaos.reading import connected
from chaos.stage import QUEUES, Stage
from chaos.supervised import Supervised

TENANT = "chaos"
_START_S = 90.0
_COUNT_EFFECTS = Path(__file__).with_name("effects.sql")


@asynccontextmanager
async def open_stage(directory: Path) -> AsyncIterator[Stage]:
    """Start everything below `directory` and yield it ready; effects are counted from then on.

    Raises:
        NodeError, EmbeddedError: a server cannot be started.
        ChaosError: a service did not become ready; its log is named.

    """
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(Postgres(directory / "postgres"))
        node = await stack.enter_async_context(RabbitNode(directory / "rabbitmq", start_timeout_s=_START_S))
        to_postgres, to_broker = await _wires(stack, postgres.dsn), await _wires(stack, node.url)
        key = secrets.token_urlsafe(24)
        common = {"BRICKLINE_API_KEYS": f"{TENANT}:{key}", "BRICKLINE_LOG_FORMAT": "json"}
        addresses = {
            name: {
                DATABASE_VARIABLE: over(to_postgres[name], postgres.dsn),
                BROKER_VARIABLE: over(to_broker[name], node.url),
            }
            for name in SERVICES
        }
        supervised = _supervised(directory, {name: {**common, **addresses[name]} for name in SERVICES})
        stage = Stage(key, postgres, node, supervised, to_postgres, to_broker)
        stack.push_async_callback(stage.drain)
        await _until_up(stage)
        await _count_effects(postgres.dsn)
        yield stage


async def _wires(stack: AsyncExitStack, url: str) -> dict[str, Wire]:
    wires = {name: Wire(server_of(url)) for name in SERVICES}
    for wire in wires.values():
        await stack.enter_async_context(wire.listening())
    return wires


def _supervised(directory: Path, variables: Mapping[str, Mapping[str, str]]) -> dict[str, Supervised]:
    """Make the services of `make services`, each on any free port."""
    wanted = services(0)
    return {
        service.name: Supervised(
            replace(service, port=port), variables[service.name], directory / f"{service.name}.log"
        )
        for service, port in zip(wanted, free_ports(len(wanted)), strict=True)
    }


async def _until_up(stage: Stage) -> None:
    for supervised in stage.services.values():
        supervised.start()
    try:
        async with asyncio.timeout(_START_S):
            await stage.until_ready()
            await _until_registered(stage.node)
    except TimeoutError:
        logs = ", ".join(str(each.log) for each in stage.services.values() if not each.ready.is_set())
        raise ChaosError(f"Not ready within {_START_S:g} s; see {logs or 'the log of the broker'}.") from None


async def _until_registered(node: RabbitNode) -> None:
    """Killed before that, the broker would forget where its queues are: its fault, and not the product's."""
    while True:
        if all(map(node.has_registered, QUEUES)):
            return
        await asyncio.sleep(0.2)


async def _count_effects(dsn: str) -> None:
    async with connected(dsn) as connection:
        await connection.execute(_COUNT_EFFECTS.read_text("utf-8"))

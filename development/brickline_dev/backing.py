"""The database and the broker behind the services: those the environment names, else private ones."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from brickline.embedded import EmbeddedPostgres
from brickline_dev.rabbit_node import RabbitNode

DATABASE_VARIABLE = "BRICKLINE_DATABASE_URL"
BROKER_VARIABLE = "BRICKLINE_RABBITMQ_URL"


@dataclass(frozen=True, slots=True)
class Backing:
    """Where the services find their servers."""

    database_url: str
    rabbitmq_url: str

    def variables(self) -> dict[str, str]:
        """Return the environment that tells a service."""
        return {DATABASE_VARIABLE: self.database_url, BROKER_VARIABLE: self.rabbitmq_url}


@asynccontextmanager
async def backing(directory: Path, environment: Mapping[str, str] = os.environ) -> AsyncIterator[Backing]:
    """Yield the servers `environment` names; what it does not name runs below `directory` meanwhile.

    Raises:
        EmbeddedError: the embedded PostgreSQL cannot be started.
        NodeError: the private RabbitMQ node cannot be started.

    """
    async with AsyncExitStack() as stack:
        database_url, rabbitmq_url = environment.get(DATABASE_VARIABLE), environment.get(BROKER_VARIABLE)
        node = None if rabbitmq_url else RabbitNode(directory / "rabbitmq")
        if not database_url:  # first: its lock on the directory keeps a second run from the node's data, too
            postgres = await stack.enter_async_context(EmbeddedPostgres(directory / "postgres"))
            database_url = await postgres.create_database("brickline")
        if node is not None:
            await stack.enter_async_context(node)
            rabbitmq_url = node.url
        yield Backing(database_url, rabbitmq_url or "")

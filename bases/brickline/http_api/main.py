"""The process of tier 0, over RabbitMQ."""

import asyncio

from brickline.events import BusError, Release
from brickline.http_api.service import SERVICE, ingestion
from brickline.operator_api import operator_routers
from brickline.persistence import Database, DatabaseUnavailable, PersistenceError
from brickline.process import run_service, until
from brickline.rabbit_bus import RabbitBus
from brickline.schemas import ORDERED, ROUTES
from brickline.settings import DatabaseSettings, HttpSettings, LogSettings, RabbitSettings, ReleaseSettings
from brickline.telemetry import Health, ListenError
from brickline.web import create_app, run_server


class IngestionSettings(HttpSettings, DatabaseSettings, RabbitSettings, ReleaseSettings, LogSettings):
    """Everything this process reads from its environment."""


async def serve(settings: IngestionSettings, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then drain."""
    health = Health(SERVICE.name)
    async with (
        Database.connect(
            settings.database_url.get_secret_value(),
            schema=SERVICE.name,
            pool_size=settings.database_pool_size,
        ) as database,
        RabbitBus.connect(
            settings.rabbitmq_url.get_secret_value(), routes=ROUTES, ordered=ORDERED, name=SERVICE.name
        ) as bus,
        ingestion(database, bus, health, release=Release(settings.release, settings.deployment)) as routers,
    ):
        app = create_app(
            service=SERVICE.name,
            health=health,
            settings=settings,
            routers=[*routers, *operator_routers({SERVICE.name: database})],
            unavailable=(DatabaseUnavailable,),
        )
        await until(stop, run_server(app, host=settings.host, port=settings.port))


def main() -> int:
    """Run the process; return its exit code."""
    return run_service(
        SERVICE.name, IngestionSettings, serve, expected=(PersistenceError, BusError, ListenError)
    )

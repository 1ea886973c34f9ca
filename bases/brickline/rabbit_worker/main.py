"""The process of tier 1, over RabbitMQ."""

import asyncio

from brickline.events import BusError, Release
from brickline.llm_routing import ModelsFileError
from brickline.persistence import Database, PersistenceError
from brickline.process import run_service
from brickline.rabbit_bus import RabbitBus
from brickline.rabbit_worker.service import SERVICE, analysis
from brickline.schemas import ORDERED, ROUTES
from brickline.settings import (
    DatabaseSettings,
    ListenSettings,
    LogSettings,
    ModelsSettings,
    RabbitSettings,
    ReleaseSettings,
)
from brickline.telemetry import Health, HealthServer, ListenError


class AnalysisSettings(
    ListenSettings, DatabaseSettings, RabbitSettings, ModelsSettings, ReleaseSettings, LogSettings
):
    """Everything this process reads from its environment."""


_EXPECTED = (PersistenceError, BusError, ListenError, ModelsFileError)


async def serve(settings: AnalysisSettings, stop: asyncio.Event) -> None:
    """Work until `stop` is set, then drain."""
    health = Health(SERVICE.name)
    async with (
        HealthServer(health, settings.host, settings.port),
        Database.connect(
            settings.database_url.get_secret_value(),
            schema=SERVICE.name,
            pool_size=settings.database_pool_size,
        ) as database,
        RabbitBus.connect(
            settings.rabbitmq_url.get_secret_value(), routes=ROUTES, ordered=ORDERED, name=SERVICE.name
        ) as bus,
        analysis(
            database,
            bus,
            health,
            settings.models_file,
            release=Release(settings.release, settings.deployment),
        ),
    ):
        await stop.wait()


def main() -> int:
    """Run the process; return its exit code."""
    return run_service(SERVICE.name, AnalysisSettings, serve, expected=_EXPECTED)

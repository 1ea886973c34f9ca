"""What a chaos run plays on: broker, Postgres, the three services, and a wire at every crossing."""

from collections.abc import Mapping
from dataclasses import dataclass

from brickline.schemas import ROUTES
from brickline_dev.rabbit_node import RabbitNode
from brickline_dev.wire import Wire
from chaos.faults import API
from chaos.postgres import Postgres
from chaos.supervised import Supervised

GROUPS = tuple(group_id for groups in ROUTES.values() for group_id in groups)
QUEUES = tuple(f"brickline.{group_id}{suffix}" for group_id in GROUPS for suffix in ("", ".dead"))


@dataclass(frozen=True, slots=True)
class Stage:
    """What runs; each service has a wire of its own to each server it uses."""

    api_key: str
    postgres: Postgres
    node: RabbitNode
    services: Mapping[str, Supervised]
    to_postgres: Mapping[str, Wire]
    to_broker: Mapping[str, Wire]

    @property
    def url(self) -> str:
        """Where documents are posted."""
        return self.services[API].service.address

    def postgres_has_moved(self) -> None:
        """Carry connections to where Postgres listens after its restart."""
        for wire in self.to_postgres.values():
            wire.server = self.postgres.socket

    async def until_ready(self) -> None:
        """Return once every service is ready."""
        for supervised in self.services.values():
            await supervised.ready.wait()

    async def drain(self) -> dict[str, int]:
        """Ask every service to drain, one after the other; return their exit codes."""
        return {name: await supervised.drain() for name, supervised in self.services.items()}

"""What one service reads and writes, as it declares itself."""

from dataclasses import dataclass
from typing import Any

from brickline.events.group import ConsumerGroup
from brickline.schemas import Payload


@dataclass(frozen=True)
class Service:
    """One service of the pipeline: declared by its base, drawn on the map, held to it by the runtime.

    What every service may announce of an event that it did not settle (`ANNOUNCEMENTS`) is not named here.
    """

    name: str
    """Its schema, the source of its events, its logs."""
    tier: int
    """How far down the pipeline it stands: events flow from tier 0 on."""
    consumers: tuple[type[ConsumerGroup[Any]], ...] = ()
    publishes: tuple[type[Payload], ...] = ()
    """What it publishes outside of any consumer: the start of a pipeline."""

    @property
    def reads(self) -> tuple[type[Payload], ...]:
        """Each payload that one of its groups is handed, once."""
        return tuple(dict.fromkeys(consumer.payload_type for consumer in self.consumers))

    @property
    def writes(self) -> tuple[type[Payload], ...]:
        """Each payload that it or one of its groups publishes, once."""
        by_groups = (payload for consumer in self.consumers for payload in consumer.publishes)
        return tuple(dict.fromkeys((*self.publishes, *by_groups)))

"""One service's share of the pipeline on a real database, with the test as the rest of the pipeline."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from uuid_utils.compat import uuid7

from brickline.events import MIGRATIONS as EVENTS
from brickline.events import Consumer, EventRuntime, Message, Origin
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database, Migrations
from brickline.schemas import BaseEvent, Payload, decode, encode
from brickline.telemetry import Health
from support.databases import migrated

PayloadT = TypeVar("PayloadT", bound=Payload)

TENANT = "acme"
TRACE_ID = "5" * 32


@dataclass(frozen=True)
class Tier:
    """A database with its tables, and consumers that a test tells what has happened."""

    database: Database
    bus: MemoryBus
    runtime: EventRuntime

    def origin(self, *, tenant: str = TENANT, job_id: UUID | None = None) -> Origin:
        return Origin(tenant, TRACE_ID, job_id)

    async def happens(
        self,
        payload: Payload,
        *,
        tenant: str = TENANT,
        job_id: UUID | None = None,
        event_id: UUID | None = None,
        group_id: str | None = None,
        attempt: int = 1,
        occurred_at: datetime | None = None,
    ) -> UUID:
        """Deliver an event and return once every group has settled it."""
        event = BaseEvent[Payload].of(
            payload,
            event_id=event_id or uuid7(),
            trace_id=TRACE_ID,
            occurred_at=occurred_at or datetime.now(UTC),
            source="test",
            tenant=tenant,
            job_id=job_id,
        )
        message = Message(encode(event), payload.topic, event.event_id, group_id, attempt)
        await self.bus.publish(message)
        return event.event_id

    async def published(self, payload_type: type[PayloadT]) -> list[PayloadT]:
        """What is in the outbox, in order: nobody here is bound to what this tier publishes."""
        rows = await self.fetch("select body from outbox where topic = $1 order by id", payload_type.topic)
        return [decode(row["body"], payload_type).payload for row in rows]

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        async with self.database.connection() as connection:
            return list(await connection.fetch(query, *arguments))

    async def count(self, table: str) -> int:
        return int((await self.fetch(f"select count(*) as rows from {table}"))[0]["rows"])


@asynccontextmanager
async def running_tier(
    database_url: str,
    schema: str,
    migrations: Sequence[Migrations],
    consumers: Sequence[Consumer[Any]] | Callable[[Database], Sequence[Consumer[Any]]] = (),
) -> AsyncIterator[Tier]:
    """Run consumers on tables of their own; a function makes those that need the database."""
    async with migrated(database_url, schema, EVENTS, *migrations) as database:
        bus = MemoryBus()
        runtime = EventRuntime(schema, database, bus)
        made = consumers(database) if callable(consumers) else consumers
        async with runtime.running(made, Health(schema), drain_s=5):
            yield Tier(database, bus, runtime)

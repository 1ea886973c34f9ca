"""A small service to try messaging on: orders come in, a handler does something, shipments go out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from uuid_utils.compat import uuid7

from brickline.events import (
    MIGRATIONS,
    Bus,
    Consumer,
    EventContext,
    EventRuntime,
    FailureClass,
    Message,
    Origin,
    RetryPolicy,
    Transaction,
)
from brickline.persistence import Database
from brickline.schemas import BaseEvent, EventDeadLettered, Payload, encode
from brickline.telemetry import Health
from support.waiting import eventually

ORIGIN = Origin(tenant="acme", trace_id="c0ffee" + "0" * 26)
MOURNERS = "mourners"
"""The group that listens for dead letters."""
QUICKLY = RetryPolicy(max_attempts=3, base_s=0.01, cap_s=0.02)


class Ordered(Payload):
    """Somebody ordered."""

    topic: ClassVar[str] = "shop.ordered"
    number: int

    @property
    def subject(self) -> str:
        return f"order {self.number}"


class Shipped(Payload):
    """An order went out."""

    topic: ClassVar[str] = "shop.shipped"
    number: int


Handler = Callable[[Any, EventContext], Awaitable[None]]


def consumer(
    handler: Handler,
    *,
    group: str = "orders",
    of: type[Payload] = Ordered,
    retry: RetryPolicy = QUICKLY,
    concurrency: int = 8,
    failures: Mapping[type[BaseException], FailureClass] | None = None,
    publishes: tuple[type[Payload], ...] = (Shipped,),
) -> Consumer[Any]:
    """A consumer with `handler` for its `process_message`."""
    chosen = (group, retry, concurrency, failures or {}, publishes)

    class Made(Consumer[of]):  # type: ignore[valid-type]
        group_id, retry, concurrency, failures, publishes = chosen

        async def process_message(self, event: Any, context: EventContext) -> None:
            await handler(event, context)

    return Made()


async def write_effect(tx: Transaction, event: Any, context: EventContext) -> None:
    """Leave a mark: the table takes any number for one event, so that doing it twice shows."""
    await tx.connection.execute(
        "insert into effects values ($1, $2, $3)", context.event.event_id, context.group_id, event.number
    )


async def settle(event: Any, context: EventContext) -> None:
    """The handler of nearly every real consumer: one effect, in the transaction."""
    async with context.transaction() as tx:
        await write_effect(tx, event, context)


async def settle_and_ship(event: Any, context: EventContext) -> None:
    """The same, and a follow-on event."""
    async with context.transaction() as tx:
        await write_effect(tx, event, context)
        await tx.publish(Shipped(number=event.number))


def message_of(payload: Payload, **changes: Any) -> Message:
    """An event as it travels, for putting straight on a bus."""
    event = BaseEvent[Payload].of(
        payload,
        event_id=changes.pop("event_id", None) or uuid7(),
        trace_id=ORIGIN.trace_id,
        occurred_at=datetime.now(UTC),
        source="shop",
        tenant=ORIGIN.tenant,
        job_id=changes.pop("job_id", None),
    )
    values: dict[str, Any] = {"body": encode(event), "topic": event.topic, "event_id": event.event_id}
    return Message(**{**values, **changes})


@dataclass
class Shop:
    """The service: its database, its bus, and the runtime that runs now."""

    database: Database
    bus: Bus
    runtime: EventRuntime | None = None
    health: Health = field(default_factory=lambda: Health("shop"))
    groups: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def running(
        self, *consumers: Consumer[Any], lease_s: float = 15.0, drain_s: float = 10.0
    ) -> AsyncIterator[EventRuntime]:
        """Start anew, as a restarted process would."""
        self.groups |= {consumer.group_id for consumer in consumers}
        self.runtime = EventRuntime("shop", self.database, self.bus, lease_s=lease_s)
        self.health = Health("shop")
        async with self.runtime.running(consumers, self.health, drain_s=drain_s):
            yield self.runtime

    async def order(
        self, *numbers: int, due_at: datetime | None = None, origin: Origin = ORIGIN
    ) -> list[UUID]:
        """Publish one event for each number, in one transaction."""
        runtime = self.runtime or EventRuntime("shop", self.database, self.bus)
        async with runtime.transaction(origin) as tx:
            return [await tx.publish(Ordered(number=number), due_at=due_at) for number in numbers]

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]

    async def effects(self, group: str = "orders") -> list[int]:
        """The numbers of the orders that had an effect, sorted; twice where it had two."""
        rows = await self.rows("select number from effects where group_id = $1 order by number", group)
        return [row["number"] for row in rows]

    async def dead_letters(self) -> list[dict[str, Any]]:
        return await self.rows("select * from dead_letters order by dead_at")

    async def settled(self, group: str = "orders") -> int:
        rows = await self.rows("select count(*) from inbox where group_id = $1", group)
        return int(rows[0]["count"])

    async def waiting(self) -> list[dict[str, Any]]:
        """What is in the outbox."""
        return await self.rows("select * from outbox order by id")

    async def until_settled(self, count: int, group: str = "orders", *, timeout_s: float = 15) -> None:
        """Wait until the group settled so many events and the outbox is empty.

        Save for announcements of dead letters, which wait for ever where nobody listens.
        """
        unheard = () if MOURNERS in self.groups else (EventDeadLettered.topic,)

        async def done() -> bool:
            settled = await self.settled(group)
            waiting = [row for row in await self.waiting() if row["topic"] not in unheard]
            assert settled >= count, f"{settled} of {count} settled"
            assert not waiting, f"the outbox holds {len(waiting)}, the first: {waiting[0]}"
            return True

        await eventually(done, timeout_s)


@asynccontextmanager
async def open_shop(database_url: str, bus: Bus) -> AsyncIterator[Shop]:
    """A shop on an empty database."""
    async with Database.connect(database_url, schema="shop", pool_size=12) as database:
        await MIGRATIONS.apply(database)
        async with database.connection() as connection:
            await connection.execute("create table effects (event_id uuid, group_id text, number bigint)")
        yield Shop(database, bus)


async def abandon(task: "asyncio.Task[Any]") -> None:
    """Cancel a task and wait for its end, as far from orderly as one process can come to a kill."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

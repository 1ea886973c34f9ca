"""What our contestants share: events, the bus whose confirms are counted, the runtime over both servers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import ClassVar

from uuid_utils.compat import uuid7

from benchmarks.messaging.effects import BODY_BYTES
from benchmarks.messaging.job import Job
from brickline.events import EventRuntime, Message, Origin
from brickline.persistence import Database
from brickline.rabbit_bus import RabbitBus
from brickline.schemas import BaseEvent, Payload, encode

SCHEMA = "benchmark"
ORIGIN = Origin(tenant="benchmark", trace_id="b" * 32)
TEXT = "x" * (BODY_BYTES - 431)
"""What fills an event up to 1 KB of CloudEvents JSON."""

SETTINGS = {
    "queue": "durable quorum, delivery limit, at-least-once dead-lettering",
    "messages": "persistent, mandatory, publisher confirms",
    "ack": "after the transaction",
    "log": "warnings",
}
"""What our consumers tell of themselves in common."""

PREFIX = "brickline-benchmark"
GROUP = "measured"
FOLLOW_GROUP = "followed"


class Measured(Payload):
    """What the contestants handle."""

    topic: ClassVar[str] = "benchmark.measured"

    number: int
    text: str


class FollowedUp(Payload):
    """What handling publishes; its group exists and nobody consumes it."""

    topic: ClassVar[str] = "benchmark.followed_up"

    number: int


ROUTES = {Measured.topic: (GROUP,), FollowedUp.topic: (FOLLOW_GROUP,)}


class CountingBus(RabbitBus):
    """RabbitMQ, telling of every confirmed message; `hold` keeps publications back until `let_go`."""

    on_confirm: Callable[[], None] | None = None
    confirmed = 0
    _gate: asyncio.Event | None = None

    @cached_property
    def _progress(self) -> asyncio.Event:
        return asyncio.Event()

    def hold(self) -> None:
        """Let nothing out for now."""
        self._gate = asyncio.Event()

    def let_go(self) -> None:
        """Let everything out."""
        if self._gate is not None:
            self._gate.set()

    async def all_confirmed(self, count: int) -> None:
        """Wait until so many messages have been confirmed."""
        while self.confirmed < count:
            self._progress.clear()
            await self._progress.wait()

    async def publish(self, message: Message) -> None:
        """Publish, and count the confirm."""
        if self._gate is not None:
            await self._gate.wait()
        await super().publish(message)
        self.confirmed += 1
        self._progress.set()
        if self.on_confirm is not None:
            self.on_confirm()


@asynccontextmanager
async def connected(job: Job) -> AsyncIterator[tuple[EventRuntime, CountingBus]]:
    """Connect to both servers, whose tables exist."""
    async with (
        Database.connect(job.database_url, schema=SCHEMA, pool_size=job.pool_size) as database,
        CountingBus.connect(job.rabbitmq_url, routes=ROUTES, prefix=PREFIX, name="benchmark") as bus,
    ):
        yield EventRuntime("benchmark", database, bus), bus


async def fill(runtime: EventRuntime, count: int, *, at_once: int = 500) -> None:
    """Publish `count` events: rows in the outbox, `at_once` in a transaction."""
    for start in range(0, count, at_once):
        async with runtime.transaction(ORIGIN) as tx:
            for number in range(start, min(start + at_once, count)):
                await tx.publish(Measured(number=number, text=TEXT))


async def feed(bus: RabbitBus, count: int, *, at_once: int = 200) -> None:
    """Publish `count` events past any outbox, `at_once` in flight."""
    for start in range(0, count, at_once):
        numbers = range(start, min(start + at_once, count))
        await asyncio.gather(*(bus.publish(_message(number)) for number in numbers))


def _message(number: int) -> Message:
    event = BaseEvent.of(
        Measured(number=number, text=TEXT),
        event_id=uuid7(),
        trace_id=ORIGIN.trace_id,
        occurred_at=datetime.now(UTC),
        source="benchmark",
        tenant=ORIGIN.tenant,
    )
    return Message(body=encode(event), topic=event.topic, event_id=event.event_id)

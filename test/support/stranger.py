"""What writes to a queue without asking: other clients, older versions, people with a broker's tools."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid4

import aio_pika
from aio_pika.abc import AbstractChannel, FieldValue

from support.shop import ORIGIN, Ordered, Shop


class Stranger(Protocol):
    """Puts any bytes where the group `orders` takes its events from."""

    async def send(
        self, body: bytes, *, topic: str | None = None, event_id: UUID | None = None, attempt: int = 1
    ) -> None:
        """Send them; what is not None stands beside them, where the bus expects it, true or not."""
        ...


@dataclass(frozen=True)
class OutboxStranger:
    """Writes into the table from which the in-process bus is fed."""

    shop: Shop

    async def send(
        self, body: bytes, *, topic: str | None = None, event_id: UUID | None = None, attempt: int = 1
    ) -> None:
        """Insert a row; some id has to be there."""
        await self.shop.rows(
            "insert into outbox (event_id, topic, group_id, tenant, trace_id, attempt, body) "
            "values ($1, $2, 'orders', 'acme', '', $3, $4)",
            event_id or uuid4(),
            topic or Ordered.topic,
            attempt,
            body,
        )


@dataclass(frozen=True)
class AmqpStranger:
    """Another client of the broker."""

    channel: AbstractChannel
    queue: str

    async def send(
        self, body: bytes, *, topic: str | None = None, event_id: UUID | None = None, attempt: int = 1
    ) -> None:
        """Publish with the headers of our own messages, or none."""
        headers: dict[str, FieldValue] = {}
        if topic is not None:
            headers["brickline-topic"] = topic
        if attempt != 1:
            headers["brickline-attempt"] = attempt
        await self.send_raw(body, headers=headers, correlation_id=event_id and str(event_id))

    async def send_raw(self, body: bytes, **properties: Any) -> None:
        """Publish with these AMQP properties."""
        await self.channel.default_exchange.publish(aio_pika.Message(body, **properties), self.queue)


@asynccontextmanager
async def stranger_at(broker_url: str | None, prefix: str, shop: Shop) -> AsyncIterator[Stranger]:
    """One with a connection of its own, or one at the outbox where there is no broker."""
    if broker_url is None:
        yield OutboxStranger(shop)
        return
    async with await aio_pika.connect(broker_url) as connection, connection.channel() as channel:
        yield AmqpStranger(channel, f"{prefix}.orders")


def order_document(number: int = 1, **changes: Any) -> dict[str, Any]:
    """An order as another client could write it, with attributes replaced; `...` removes one."""
    document = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "type": Ordered.topic,
        "source": "elsewhere",
        "time": "2026-01-01T00:00:00Z",
        "dataschema": f"urn:brickline:schema:{Ordered.topic}:1",
        "traceparent": f"00-{ORIGIN.trace_id}-00f067aa0ba902b7-01",
        "tenant": "acme",
        "data": {"number": number},
        **changes,
    }
    return {name: value for name, value in document.items() if value is not ...}


def as_bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()

"""The buses that the behavioural suite runs against."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aio_pika

from brickline.events import Bus
from brickline.memory_bus import MemoryBus
from brickline.rabbit_bus import RabbitBus

KINDS = ("memory", "rabbit")
STEPS = "shop.step"
"""The topic whose events are handled in order."""


@asynccontextmanager
async def rabbit_bus(url: str, prefix: str) -> AsyncIterator[RabbitBus]:
    """A bus with names of its own, that leaves nothing on the broker."""
    try:
        async with RabbitBus.connect(url, routes={}, ordered=(STEPS,), prefix=prefix) as bus:
            yield bus
    finally:
        await sweep(url, prefix)


def memory_bus() -> Bus:
    """The in-process bus."""
    return MemoryBus()


async def sweep(url: str, prefix: str) -> None:
    """Delete the exchanges and the queues that hang on them, by the groups these tests use."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        for group in ("orders", "shipments", "others", "mourners"):
            for queue in (f"{prefix}.{group}", f"{prefix}.{group}.dead"):
                await channel.queue_delete(queue)
        await channel.queue_delete(f"{prefix}.unrouted")
        for exchange in ("events", "relay", "unrouted", "dead", "notices"):
            await channel.exchange_delete(f"{prefix}.{exchange}")


async def depth(url: str, queue: str) -> int:
    """How many messages the queue holds ready."""
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        declared = await channel.declare_queue(queue, passive=True)
        return declared.declaration_result.message_count or 0

"""The servers all contestants share, emptied before each and counted after it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import aio_pika
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from benchmarks.messaging.errors import NotExactlyOnce
from benchmarks.messaging.tables import PEERS_SCHEMA, make_anew
from brickline_dev.backing import backing

_DEADLINE_S = 15.0


class Arena:
    """One private RabbitMQ node and one embedded Postgres with durable settings."""

    def __init__(self, rabbitmq_url: str, database_url: str, connection: AbstractConnection) -> None:
        self.rabbitmq_url = rabbitmq_url
        self.database_url = database_url
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(cls, directory: Path) -> AsyncIterator[Self]:
        """Start both servers in `directory`."""
        async with (
            backing(directory, environment={}) as servers,
            await aio_pika.connect(servers.rabbitmq_url) as connection,
        ):
            yield cls(servers.rabbitmq_url, servers.database_url, connection)

    @property
    def peers_database_url(self) -> str:
        """The database as the peers see it: a schema with their own two tables."""
        return f"{self.database_url}&options=-csearch_path%3D{PEERS_SCHEMA}"

    @property
    def broker(self) -> dict[str, str]:
        """What the broker says of itself, and how it runs."""
        transport = self._connection.transport
        said = transport.connection.server_properties if transport else {}
        named = {name: str(said.get(name, "?")) for name in ("version", "platform")}
        return {**named, "node": "private, its schedulers as development/brickline_dev starts it"}

    async def clear(self, *queues: str) -> None:
        """Empty the queues and make all tables anew."""
        for queue in queues:
            await self.purge(queue)
        await make_anew(self.database_url)

    async def purge(self, queue: str) -> int:
        """Empty a queue if there is one; return how many messages were ready in it."""
        try:
            async with self._connection.channel() as channel:
                found = await channel.declare_queue(queue, passive=True)
                return (await found.purge()).message_count or 0
        except ChannelNotFoundEntity:
            return 0

    async def depth(self, queue: str) -> int:
        """Return how many messages are ready in a queue, 0 if there is none."""
        try:
            async with self._connection.channel() as channel:
                found = await channel.declare_queue(queue, passive=True)
                return found.declaration_result.message_count or 0
        except ChannelNotFoundEntity:
            return 0

    async def holds(self, queue: str, expected: int) -> None:
        """Wait until a queue holds exactly that many messages. Raises `NotExactlyOnce`.

        The broker counts with a delay, and takes back what a process left unacknowledged with another.
        """
        deadline = time.monotonic() + _DEADLINE_S
        while (found := await self.depth(queue)) != expected:
            if time.monotonic() > deadline:
                raise NotExactlyOnce(f"{queue} holds {found} messages, not {expected}")
            await asyncio.sleep(0.1)

"""What waits on the broker, looked up once and without a bus."""

from collections.abc import Collection, Mapping
from contextlib import suppress

from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import ChannelNotFoundEntity

from brickline.events import BusError
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.topology import Topology

_ANSWER_TIMEOUT_S = 10.0


async def queued(url: str, groups: Collection[str], *, prefix: str = "brickline") -> Mapping[str, int]:
    """Return for each consumer group how many messages wait for it, in its queue and in its dead queue.

    A queue that does not exist holds 0, and nothing is declared. What a consumer has in hand does not wait
    and is not counted: ask while the groups are stopped, or ask again. `UNROUTED` may be asked for like a
    group. Raises `BusUnavailable`.
    """
    connector, topology = Connector(url, f"{prefix} looking"), Topology(prefix, {})
    try:
        with connector.unavailable("did not say what its queues hold"):
            connection = await connector.connection()
            return {
                group_id: await _ready(connection, topology.queue(group_id))
                + await _ready(connection, f"{topology.queue(group_id)}.dead")
                for group_id in groups
            }
    finally:
        with suppress(BusError), connector.unavailable("went away"):  # it has said what it was asked
            await connector.close()


async def _ready(connection: AbstractConnection, queue: str) -> int:
    # A channel for each queue: the broker ends the one on which it is asked for a queue that is not there.
    async with connection.channel() as channel:
        try:
            declared = await channel.declare_queue(queue, passive=True, timeout=_ANSWER_TIMEOUT_S)
        except ChannelNotFoundEntity:
            return 0
        return declared.declaration_result.message_count or 0

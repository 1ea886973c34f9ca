"""One hearer of notices: its own queue, gone with its connection, and made again on the next."""

import asyncio
import random
from typing import cast

import aiormq
from aio_pika.abc import AbstractChannel
from aiormq.abc import DeliveredMessage

from brickline.events import BusError, NoticeQueue
from brickline.rabbit_bus.closing import close, close_soon, closed_on_failure
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.topology import Topology
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_RECONNECT_S = (0.2, 1.0, 2.0)
_TRY_S = 10.0


class Hearer:
    """Puts into `notices` whatever is told while it is open."""

    def __init__(self, connector: Connector, topology: Topology) -> None:
        self.notices = NoticeQueue()
        self._connector = connector
        self._topology = topology
        self._channel: AbstractChannel | None = None

    async def open(self) -> AbstractChannel:
        """Declare a queue and begin to hear. Raises `BusUnavailable`, `TopologyMismatch`."""
        with self._connector.unavailable("does not let a notice be heard"):
            async with asyncio.timeout(_TRY_S):
                connection = await self._connector.connection()
                self._channel = channel = await connection.channel(publisher_confirms=False)
                with closed_on_failure(channel):
                    queue = await self._topology.declare_hearing(channel)
                    underlay = cast(aiormq.Channel, await channel.get_underlay_channel())
                    # In the background: this is called by what reads the channel, and the broker's answer.
                    underlay.on_consumer_cancel_callbacks.add(lambda _frame: close_soon(channel))
                    # Nothing to acknowledge, so the broker never waits for this process.
                    await underlay.basic_consume(queue.name, self._on_notice, no_ack=True)
                return channel

    async def keep_open(self, channel: AbstractChannel) -> None:
        """Wait for the channel to end and open the next, without an end."""
        while True:
            await channel.closed()
            _log.debug("hearing.interrupted")
            channel = await self._reopen()
            _log.debug("hearing.resumed")

    async def close(self) -> None:
        """Hear no more."""
        if self._channel is not None:
            await close(self._channel)

    async def _reopen(self) -> AbstractChannel:
        attempt = 0
        while True:
            longest = _RECONNECT_S[min(attempt, len(_RECONNECT_S) - 1)]
            await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  # jitter, not a secret
            try:
                return await self.open()
            except BusError:
                attempt += 1

    async def _on_notice(self, incoming: DeliveredMessage) -> None:
        self.notices.put(incoming.body)

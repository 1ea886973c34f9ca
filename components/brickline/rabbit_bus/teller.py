"""Telling every process something that none of them needs to be told for certain."""

import asyncio
from typing import cast

import aiormq
from aio_pika.abc import AbstractChannel
from aiormq import spec

from brickline.rabbit_bus.closing import closed_on_failure
from brickline.rabbit_bus.connector import Connector
from brickline.rabbit_bus.topology import Topology

_TRANSIENT = 1
_TRY_S = 5.0


class Teller:
    """Publishes notices one by one on a channel of its own: what fails here fails no message.

    Confirmed, although none needs to arrive: what the broker closes the channel for is known then before
    anything else is sent on it, for which it would close the connection.
    """

    def __init__(self, connector: Connector, topology: Topology) -> None:
        self._connector = connector
        self._topology = topology
        self._channel: AbstractChannel | None = None
        self._underlay: aiormq.Channel | None = None
        self._telling = asyncio.Lock()

    async def tell(self, notice: bytes) -> None:
        """Return when the broker has passed the notice on. Raises `BusUnavailable`, `TopologyMismatch`."""
        with self._connector.unavailable("did not take a notice"):
            # A broker that blocks publishers reads nothing.
            async with asyncio.timeout(_TRY_S), self._telling:
                channel = await self._open()
                await channel.basic_publish(notice, exchange=self._topology.notices, properties=_properties())

    async def _open(self) -> aiormq.Channel:
        if self._underlay is None or self._underlay.is_closed:
            connection = await self._connector.connection()
            self._channel = channel = await connection.channel()
            with closed_on_failure(channel):
                await self._topology.declare_notices(channel)
                self._underlay = cast(aiormq.Channel, await channel.get_underlay_channel())
        return self._underlay


def _properties() -> spec.Basic.Properties:
    return spec.Basic.Properties(content_type="application/json", delivery_mode=_TRANSIENT)

"""Makes a broken contract loud: pauses a group that cannot read what it is given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.events.bus import Deliveries
from brickline.events.contract_record import ContractRecord
from brickline.events.errors import GroupPaused
from brickline.events.group import ConsumerGroup
from brickline.events.pauses import Pause, pause_group, read_pause, resume_group
from brickline.events.waiting import set_within
from brickline.persistence import Database, DatabaseUnavailable
from brickline.schemas import Payload, SchemaError, decode
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_LOOK_S = 1.0


class ContractGuard:
    """Watches one group in one process.

    The pause is a row that every process of the group follows. A process that starts tries the event that
    could not be read: if its version can, it ends the pause for all of them. So the group goes on by itself
    after the right deploy, and does not burn more events after a wrong one.
    """

    def __init__(self, consumer: ConsumerGroup[Payload], database: Database) -> None:
        self._group_id = consumer.group_id
        self._payload_type = consumer.payload_type
        self._database = database
        self._limits = consumer.contract_limits
        self._record = ContractRecord(self._limits)
        self._pause: Pause | None = None
        self._ordering = asyncio.Lock()
        self._following = asyncio.Lock()

    @property
    def reason(self) -> str | None:
        """None, or why the group is paused and what ends it."""
        if self._pause is None:
            return None
        return (
            f"group {self._group_id} is paused since {self._pause.paused_at:%Y-%m-%dT%H:%M:%SZ}: "
            f"{self._pause.reason}. It goes on when a version that reads them is deployed, or by command"
        )

    def read_one(self) -> None:
        """Count an event that can be read."""
        self._record.add(readable=True)

    @asynccontextmanager
    async def burying(self, body: bytes, deliveries: Deliveries) -> AsyncIterator[None]:
        """Count an event that cannot be read, and let the block bury it.

        Raises `GroupPaused` instead if that is one too many, which pauses the group, or if it is paused.
        """
        record = self._record
        reason = record.add(readable=False)
        try:
            if reason is not None:
                await self._order_pause(record, reason, body, deliveries)
            if reason is not None or self._pause is not None:
                raise GroupPaused(reason or "it cannot read its events")
            yield
        except BaseException:
            record.take_back()
            raise

    async def _order_pause(
        self, record: ContractRecord, reason: str, sample: bytes, deliveries: Deliveries
    ) -> None:
        async with self._ordering:
            if self._pause is not None or record is not self._record:
                return  # another event in hand was quicker, and the pause may be over already
            async with self._database.connection() as connection:
                await pause_group(connection, self._group_id, reason, sample)
            await self.follow(deliveries)
            if self._pause is None:
                self._begin_anew()  # somebody was quick to resume it

    def _begin_anew(self) -> None:
        # A new record: what was counted in the old one and is still in hand is taken back from the old one.
        self._record = ContractRecord(self._limits)

    async def start(self, deliveries: Deliveries) -> None:
        """End a pause that this version's reader makes needless; follow any other."""
        async with self._database.connection() as connection:
            pause = await read_pause(connection, self._group_id)
            if pause is not None and self._reads(pause.sample):
                await resume_group(connection, self._group_id)
                _log.warning("consumer.resumed", group=self._group_id, reason="this version reads the events")
        await self.follow(deliveries)

    async def watch(self, deliveries: Deliveries, stopping: asyncio.Event) -> None:
        """Follow pauses and resumptions, whoever ordered them, until `stopping`."""
        while not stopping.is_set():
            try:
                await self.follow(deliveries)
            except DatabaseUnavailable:
                pass  # readiness tells
            except Exception:
                _log.exception("consumer.pause_unknown", group=self._group_id)
            await set_within(stopping, _LOOK_S)

    async def follow(self, deliveries: Deliveries) -> None:
        """Do what the group's row says."""
        async with self._following:  # or what was read before could be done after what was read since
            async with self._database.connection() as connection:
                pause = await read_pause(connection, self._group_id)
            before, self._pause = self._pause, pause
            if pause is not None and before is None:
                _log.error("consumer.paused", group=self._group_id, reason=pause.reason)
                await deliveries.pause()
            elif pause is None and before is not None:
                _log.warning("consumer.resumed", group=self._group_id)
                self._begin_anew()
                await deliveries.resume()

    def _reads(self, body: bytes) -> bool:
        try:
            decode(body, self._payload_type)
        except SchemaError:
            return False
        return True

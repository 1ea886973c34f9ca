"""Sends the outbox: claims due rows by lease, publishes a window of them, deletes what is confirmed."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from brickline.events.bus import Bus, Message
from brickline.events.cancellation import is_cancelled
from brickline.events.error_text import message_of
from brickline.events.errors import BusError, BusUnavailable
from brickline.events.sql import QUERIES
from brickline.persistence import Database, DatabaseUnavailable
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_WINDOW = 256
_LINGER_S = 0.005
_POLL_S = 1.0
LEASE_S = 6.0
"""How long, in seconds, what a killed process was sending waits before another sends it."""


@dataclass(frozen=True, slots=True)
class _Claimed:
    row_id: int
    message: Message


class Relay:
    """One sender of one service's outbox; any number of them may run side by side.

    Up to `window` rows are in flight at a time, each under a lease of `lease_s` seconds that is renewed while
    its publishing takes. No transaction is open meanwhile. A relay that dies leaves rows that fall due when
    their lease ends; they are sent again, and the receivers' inboxes absorb what had arrived.
    """

    def __init__(
        self, database: Database, bus: Bus, *, window: int = _WINDOW, lease_s: float = LEASE_S
    ) -> None:
        self._database = database
        self._bus = bus
        self._window = window
        self._lease_s = lease_s
        self._claimed_by = uuid4()
        self._in_flight: set[int] = set()
        self._confirmed: list[int] = []
        self._wake_up = asyncio.Event()
        self._has_confirmed = asyncio.Event()
        self._stopping = False
        self._interrupted: str | None = None

    def wake(self) -> None:
        """Look for due rows now: called after a commit that wrote some."""
        self._wake_up.set()

    async def check(self) -> str | None:
        """Readiness: None, or why nothing can be sent."""
        return self._interrupted

    async def run(self) -> None:
        """Send until `drain` ends it; failures of database and bus are waited out."""
        self._in_flight.clear()
        async with asyncio.TaskGroup() as tasks:
            helpers = [tasks.create_task(self._keep_leases()), tasks.create_task(self._keep_deleting())]
            await self._keep_sending(tasks)
            await self._settle_window()
            for helper in helpers:
                helper.cancel()

    def drain(self) -> None:
        """Let `run` send what is due and return as soon as nothing is."""
        self._stopping = True
        self.wake()

    async def _keep_sending(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._wake_up.clear()
            # Not before half of the window is free: many at a time cost the database as little as one.
            room = self._window - len(self._in_flight) if self._has_room() else 0
            claimed = await self._claim(room) if room else ()
            for row in claimed:
                self._in_flight.add(row.row_id)
                tasks.create_task(self._send(row))
            if self._stopping and room and not claimed:
                return
            if not room or len(claimed) < room:
                await self._sleep()

    async def _claim(self, room: int) -> Sequence[_Claimed]:
        try:
            async with self._database.connection() as connection:
                rows = await connection.fetch(
                    QUERIES["outbox_claim"],
                    self._claimed_by,
                    self._lease_s,
                    room,
                    list(self._bus.blocked_topics()),
                )
        except DatabaseUnavailable as error:
            self._interrupted = str(error)
            return ()
        self._interrupted = None
        claimed = [
            _Claimed(
                row["id"],
                Message(
                    row["body"],
                    row["topic"],
                    row["event_id"],
                    row["group_id"],
                    row["attempt"],
                    row["claims"],
                ),
            )
            for row in rows
            if row["id"] not in self._in_flight  # our own lease ran out while the database was away
        ]
        return sorted(claimed, key=lambda row: row.row_id)

    async def _send(self, row: _Claimed) -> None:
        try:
            await self._bus.publish(row.message)
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            await self._hand_back(row, BusUnavailable("the bus cancelled a publication"))
            return
        except Exception as error:  # whatever it is, it must not stop the other rows
            await self._hand_back(row, error)
            return
        self._confirmed.append(row.row_id)
        self._has_confirmed.set()

    async def _hand_back(self, row: _Claimed, error: Exception) -> None:
        reason = message_of(error)
        _log.warning(
            "event.not_sent",
            topic=row.message.topic,
            event_id=str(row.message.event_id),
            reason=reason,
            exc_info=not isinstance(error, BusError),
        )
        await self._tell_database("outbox_hand_back", [row.row_id], self._claimed_by, reason)
        self._forget([row.row_id])

    async def _keep_deleting(self) -> None:
        """Delete what is confirmed; while one deletion is under way the next batch gathers."""
        while True:
            await self._has_confirmed.wait()
            await asyncio.sleep(_LINGER_S)  # nobody waits for a deletion, and more confirms come
            self._has_confirmed.clear()
            batch, self._confirmed = self._confirmed, []
            # If it fails, the lease ends and the rows are sent again.
            await self._tell_database("outbox_delete", batch)
            self._forget(batch)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            if self._in_flight:
                await self._tell_database(
                    "outbox_renew", list(self._in_flight), self._claimed_by, self._lease_s
                )

    async def _tell_database(self, query: str, *arguments: object) -> None:
        try:
            async with self._database.connection() as connection:
                await connection.execute(QUERIES[query], *arguments)
        except DatabaseUnavailable as error:
            self._interrupted = str(error)

    def _forget(self, row_ids: Sequence[int]) -> None:
        had_room = self._has_room()
        for row_id in row_ids:
            self._in_flight.discard(row_id)
        if (self._has_room() and not had_room) or self._stopping:
            self.wake()

    def _has_room(self) -> bool:
        return len(self._in_flight) <= self._window // 2

    async def _sleep(self) -> None:
        """Wait to be woken, for the next row to fall due, or for a second at most."""
        timeout = _POLL_S
        if self._has_room():
            timeout = min(timeout, await self._next_due_in_s())
        # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the wake-up.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._wake_up.wait()

    async def _next_due_in_s(self) -> float:
        try:
            async with self._database.connection() as connection:
                seconds = await connection.fetchval(
                    QUERIES["outbox_next_due_in_s"], list(self._bus.blocked_topics())
                )
        except DatabaseUnavailable:
            return _POLL_S
        return _POLL_S if seconds is None else max(0.005, float(seconds))

    async def _settle_window(self) -> None:
        while self._in_flight:
            self._wake_up.clear()
            await self._wake_up.wait()

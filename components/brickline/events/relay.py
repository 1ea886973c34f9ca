"""Sends the outbox: claims due rows by lease, publishes a window of them, deletes what is confirmed."""

import asyncio
import time
from collections.abc import Collection

from brickline.events.bus import Bus
from brickline.events.bus_watch import BusWatch
from brickline.events.cancellation import is_cancelled
from brickline.events.claims import Claimed, Claims
from brickline.events.error_text import message_of
from brickline.events.errors import BusError, BusUnavailable
from brickline.events.metrics import RelayMetrics
from brickline.events.waiting import set_within
from brickline.persistence import Database
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_WINDOW = 512
_LINGER_S = 0.005
_BUSY_LINGER_S = 0.02
_BUSY = 64
_POLL_S = 1.0
_GUESTS_S = 0.1
_SHORTEST_S = 0.005
_BEHIND_S = 0.25
LEASE_S = 6.0
"""How long, in seconds, what a killed process was sending waits before another sends it."""


class Relay:
    """One sender of one service's outbox; any number of them may run side by side.

    Up to `window` rows are in flight at a time, each under a lease of `lease_s` seconds that is renewed while
    its publishing takes. No transaction is open meanwhile. A relay that dies leaves rows that fall due when
    their lease ends; they are sent again, and the receivers' inboxes absorb what had arrived.

    Tenants have equal shares of what is claimed. While one tenant's rows fill the window, because whoever
    handles them is slow, a quarter more is open to tenants that have none in flight.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        metrics: RelayMetrics,
        *,
        window: int = _WINDOW,
        lease_s: float = LEASE_S,
    ) -> None:
        self._metrics = metrics
        self._bus = bus
        self._watch = BusWatch(bus)
        self._claims = Claims(database, lease_s)
        self._window = window
        self._lease_s = lease_s
        self._in_flight: dict[int, str] = {}  # the tenant of each row
        self._ordered: set[int] = set()  # those of them that later ones of their key wait for
        self._confirmed: list[int] = []
        self._wake_up = asyncio.Event()
        self._has_confirmed = asyncio.Event()
        self._guests_at = 0.0
        self._draining = asyncio.Event()

    def wake(self) -> None:
        """Look for due rows now: called after a commit that wrote some."""
        self._wake_up.set()

    async def check(self) -> str | None:
        """Readiness: None, or why nothing can be sent."""
        return self._claims.interrupted or self._watch.lost

    async def run(self) -> None:
        """Send until `drain` ends it; failures of database and bus are waited out."""
        self._in_flight.clear()
        self._ordered.clear()
        async with asyncio.TaskGroup() as tasks:
            helpers = [tasks.create_task(self._keep_leases()), tasks.create_task(self._keep_deleting())]
            await self._keep_sending(tasks)
            await self._settle_window()
            for helper in helpers:
                helper.cancel()

    def drain(self) -> None:
        """Let `run` send what is due and return as soon as nothing is."""
        self._draining.set()
        self.wake()

    async def _keep_sending(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            self._wake_up.clear()
            room = self._room()
            claimed = await self._claim(room) if await self._watch.is_there() else ()
            for row in claimed:
                self._in_flight[row.row_id] = row.tenant
                if row.message.place is not None:
                    self._ordered.add(row.row_id)
                tasks.create_task(self._send(row))
            if not room or not self._may_be_more(claimed, room):
                if self._draining.is_set() and room and not claimed:
                    return
                await self._sleep(found=bool(claimed))

    def _may_be_more(self, claimed: Collection[Claimed], room: int) -> bool:
        """Whether to look again at once: where one tenant had less than its share, another has more."""
        if self._watch.lost:
            return False
        return not self._claims.saw_all or len(claimed) >= room or len({row.tenant for row in claimed}) > 1

    def _room(self) -> int:
        """How many rows to claim: none before half of the window is free, as many cost as little as one."""
        return self._window - len(self._in_flight) if len(self._in_flight) <= self._window // 2 else 0

    async def _claim(self, room: int) -> Collection[Claimed]:
        but_tenants: Collection[str] = ()
        if not room:
            room, but_tenants = self._window * 5 // 4 - len(self._in_flight), set(self._in_flight.values())
            if room <= 0 or time.monotonic() < self._guests_at + _GUESTS_S:
                return ()
            self._guests_at = time.monotonic()
        claimed = await self._claims.take(
            room, but_topics=self._bus.blocked_topics(), but_tenants=but_tenants
        )
        self._metrics.claimed(row.message.claims for row in claimed)
        # Without those whose lease ran out while the database was away: they are being sent.
        return [row for row in claimed if row.row_id not in self._in_flight]

    async def _send(self, row: Claimed) -> None:
        started = time.perf_counter()
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
        self._metrics.confirmed(row.message.topic, time.perf_counter() - started)
        self._confirmed.append(row.row_id)
        self._has_confirmed.set()

    async def _hand_back(self, row: Claimed, error: Exception) -> None:
        reason = message_of(error)
        self._metrics.not_sent(row.message.topic, error)
        away = isinstance(error, BusUnavailable)
        if away:
            self._watch.doubt()
        log = _log.info if away else _log.warning  # there may be hundreds, and the watch tells why
        log(
            "event.not_sent",
            topic=row.message.topic,
            event_id=str(row.message.event_id),
            reason=reason,
            exc_info=not isinstance(error, BusError),
        )
        await self._claims.hand_back(row.row_id, reason)
        self._forget([row.row_id])

    async def _keep_deleting(self) -> None:
        """Delete what is confirmed; while one deletion is under way the next batch gathers."""
        while True:
            await self._has_confirmed.wait()
            # More confirms come, and nobody waits for a deletion but what is behind it in an order.
            await asyncio.sleep(_BUSY_LINGER_S if len(self._in_flight) > _BUSY else _LINGER_S)
            self._has_confirmed.clear()
            batch, self._confirmed = self._confirmed, []
            # If it fails, the lease ends and the rows are sent again.
            await self._claims.delete(batch)
            self._forget(batch)

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            if self._in_flight:
                await self._claims.renew(self._in_flight)

    def _forget(self, row_ids: Collection[int]) -> None:
        had_room, had_ordered = bool(self._room()), not self._ordered.isdisjoint(row_ids)
        self._ordered.difference_update(row_ids)
        for row_id in row_ids:
            self._in_flight.pop(row_id, None)
        if (self._room() and not had_room) or had_ordered or self._draining.is_set():
            self.wake()

    async def _sleep(self, *, found: bool) -> None:
        """Wait to be woken, for the next row to fall due, or for a second at most."""
        if self._watch.lost:
            await set_within(self._draining, _POLL_S)
            return
        timeout = _GUESTS_S
        if self._room():
            due_in_s = await self._claims.next_due_in_s(but_topics=self._bus.blocked_topics())
            if due_in_s is None:
                timeout = _POLL_S
            elif due_in_s <= 0 and not found:
                timeout = _BEHIND_S  # it waits for an earlier row of its key
            else:
                timeout = min(_POLL_S, max(_SHORTEST_S, due_in_s))
        await set_within(self._wake_up, timeout)

    async def _settle_window(self) -> None:
        while self._in_flight:
            self._wake_up.clear()
            await self._wake_up.wait()

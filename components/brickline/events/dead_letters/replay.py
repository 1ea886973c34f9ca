"""Replaying in good order: a canary of each kind first, the others after it, at a rate."""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from brickline.events.dead_letters.canary import watch
from brickline.events.dead_letters.closing import (
    Pace,
    Sent,
    database_time,
    one_of_each,
    replay_batch,
    replay_edited,
)
from brickline.events.dead_letters.errors import WrongRequest
from brickline.events.dead_letters.records import Canary, CanaryOutcome, LetterGroup, ReplayReport
from brickline.events.dead_letters.selection import LetterFilter
from brickline.persistence import Database

OnLetters: TypeAlias = Callable[[int], None]
"""Told of a number of letters."""

_FASTEST = 1_000_000.0
_WATCHED_AT_ONCE = 50
_LONGEST_WATCH_S = 24 * 3600.0


class ReplayOrder(BaseModel):
    """How to replay, and who says so."""

    model_config = ConfigDict(frozen=True)

    by: str
    """Free text, kept with each replay."""
    dry_run: bool = False
    canary: bool = True
    """Replay one letter of each kind and wait until it is settled before the others of its kind."""
    canary_timeout_s: float = 60.0
    rate: float | None = None
    """How many are sent a second; None: as fast as they go."""

    def model_post_init(self, _context: object) -> None:
        """Raise `WrongRequest` for what makes no sense."""
        if self.rate is not None and not 0 < self.rate <= _FASTEST:
            raise WrongRequest(f"The rate is {self.rate:g} a second: give one above 0, or none.")
        if not 0 < self.canary_timeout_s <= _LONGEST_WATCH_S:
            raise WrongRequest(f"The canary cannot be waited for {self.canary_timeout_s:g} seconds.")


class ReplayRun:
    """One replay of all that match in some services."""

    def __init__(
        self,
        databases: Sequence[Database],
        wanted: LetterFilter,
        order: ReplayOrder,
        on_replayed: OnLetters | None,
    ) -> None:
        self._databases = databases
        self._wanted = wanted
        self._order = order
        self._on_replayed = on_replayed or (lambda _count: None)
        self._canaries: list[Canary] = []
        self._replayed = 0

    async def carry_out(self) -> None:
        """Replay."""
        # What dies again while this runs, its canaries too, is for another replay.
        started = await database_time(self._databases[0])
        until = min(self._wanted.until or started, started)
        if self._wanted.since is not None and self._wanted.since >= until:
            return
        self._wanted = self._wanted.model_copy(update={"until": until})
        if self._order.canary:
            await self._send_canaries()
        pace = Pace(await database_time(self._databases[0]), self._order.rate) if self._order.rate else None
        failed = {canary.fingerprint for canary in self._canaries if not _is_settled(canary)}
        for database in self._databases:
            pace = await self._replay_all(database, failed, pace)

    def report(self, groups: tuple[LetterGroup, ...]) -> ReplayReport:
        """Say what was done to the `groups` that were asked for."""
        failed = {
            (canary.service, canary.fingerprint) for canary in self._canaries if not _is_settled(canary)
        }
        return ReplayReport(
            dry_run=self._order.dry_run,
            groups=groups,
            canaries=tuple(self._canaries),
            replayed=self._replayed,
            held_back=sum(
                group.letters - group.without_event - 1
                for group in groups
                if (group.service, group.fingerprint) in failed
            ),
            without_event=sum(group.without_event for group in groups),
        )

    async def _replay_all(
        self, database: Database, failed: Collection[str], pace: Pace | None
    ) -> Pace | None:
        """Replay batch by batch, each from where the one before ended; return what the pace has come to."""
        wanted = self._wanted
        while True:
            batch = await replay_batch(database, wanted, self._order.by, but_not=failed, pace=pace)
            if not batch.letters:
                return pace
            wanted = wanted.model_copy(update={"since": batch.newest})
            self._count(batch.letters)
            pace = pace.after(batch.letters) if pace else None

    async def _send_canaries(self) -> None:
        watched = []
        for database in self._databases:
            for one in await one_of_each(database, self._wanted):
                only = self._wanted.model_copy(update={"ids": (one.dead_letter_id,)})
                if (
                    await replay_batch(database, only, self._order.by)
                ).letters:  # else another operator was faster
                    self._count(1)
                    watched.append((database, one))
        self._canaries = await _watch_all(watched, self._order)

    def _count(self, letters: int) -> None:
        self._replayed += letters
        self._on_replayed(letters)


async def edit_and_watch(
    database: Database, groups: tuple[LetterGroup, ...], letter_id: UUID, body: bytes, order: ReplayOrder
) -> ReplayReport:
    """Replay one letter with another body, as its own canary."""
    canaries: list[Canary] = []
    sent = await replay_edited(database, letter_id, body, order.by, dry_run=order.dry_run)
    if order.canary and not order.dry_run:
        canaries = await _watch_all([(database, sent)], order)
    return ReplayReport(
        dry_run=order.dry_run,
        groups=groups,
        canaries=tuple(canaries),
        replayed=0 if order.dry_run else 1,
        held_back=0,
        without_event=0,
    )


async def _watch_all(watched: Sequence[tuple[Database, Sent]], order: ReplayOrder) -> list[Canary]:
    deadline = time.monotonic() + order.canary_timeout_s
    gate = asyncio.Semaphore(_WATCHED_AT_ONCE)

    async def one(database: Database, sent: Sent) -> Canary:
        async with gate:
            return await watch(database, sent, deadline)

    return list(await asyncio.gather(*(one(database, sent) for database, sent in watched)))


def _is_settled(canary: Canary) -> bool:
    return canary.outcome is CanaryOutcome.SETTLED

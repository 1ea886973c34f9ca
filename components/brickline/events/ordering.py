"""Handling events in order, where their payload asks for it.

Three things keep the order of one key. The relay sends one of its events at a time, the earliest first. A
broker delivers to one process at a time, in which `Lanes` handles them one after the other. And what arrives
while an earlier one is to be tried again is put back behind it. That is noted in a row until the earlier one
is settled: it may have left the outbox and stand in the group's queue, behind the later one.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from brickline.events.bus import Message, Place
from brickline.events.outbox import Origin, Outbox, OutboxRow
from brickline.events.sql import QUERIES
from brickline.persistence import Database
from brickline.schemas import BaseEvent

_BEHIND = "its turn: an earlier event of its subject is tried again first"


class Lanes:
    """One process's turns: events of one key one after the other, as they came; other keys side by side."""

    def __init__(self) -> None:
        self._last: dict[UUID, asyncio.Event] = {}

    @asynccontextmanager
    async def turn(self, place: Place | None) -> AsyncIterator[None]:
        """Wait until those of the key that came before have left, then let the block run."""
        if place is None:
            yield
            return
        before, left = self._last.get(place.key), asyncio.Event()
        self._last[place.key] = left
        try:
            if before is not None:
                await before.wait()
            yield
        finally:
            left.set()
            if self._last[place.key] is left:
                del self._last[place.key]


async def preceded(database: Database, group_id: str, messages: Sequence[Message]) -> Collection[Message]:
    """Return those of the messages that have to wait for an earlier one, which the group will try again."""
    placed = [message for message in messages if message.place is not None]
    if not placed:
        return ()
    keys = [message.place and message.place.key for message in placed]
    positions = [message.place and message.place.position for message in placed]
    async with database.connection() as connection:
        rows = await connection.fetch(QUERIES["preceded"], group_id, keys, positions)
    return [placed[row["number"] - 1] for row in rows]


async def park(outbox: Outbox, group_id: str, message: Message, event: BaseEvent[Any]) -> None:
    """Put the event into the outbox, where its turn comes after the earlier ones."""
    parked = replace(message, topic=event.topic, event_id=event.event_id, group_id=group_id)
    async with outbox.transaction(Origin.caused_by(event)) as tx:
        tx.add(OutboxRow(parked, event.tenant, event.trace_id, waiting_for=f"{group_id}: {_BEHIND}"))

"""Handling events in order, where their payload asks for it.

Three things keep the order of one key. The relay sends one of its events at a time, the earliest first. A
broker delivers to one process at a time, in which `Lanes` handles them one after the other. And what arrives
while an earlier one is to be tried again is put back behind it. That is noted in a row until the earlier one
is settled: it may have left the outbox and stand in the group's queue, behind the later one.
"""

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from brickline.events.bus import Delivery, Message
from brickline.events.outbox import Origin, Outbox, OutboxRow
from brickline.events.sql import QUERIES
from brickline.persistence import Database
from brickline.schemas import BaseEvent

_BEHIND = "its turn: an earlier event of its subject is put off"


class Lanes:
    """One process's turns: events of one key one after the other, as they came; other keys side by side."""

    def __init__(self) -> None:
        self._behind: dict[UUID, deque[Delivery]] = {}

    def enter(self, delivery: Delivery) -> bool:
        """Tell whether it is the delivery's turn; if not, `leave` returns it when it is."""
        place = delivery.message.place
        if place is None:
            return True
        if place.key in self._behind:
            self._behind[place.key].append(delivery)
            return False
        self._behind[place.key] = deque()
        return True

    def leave(self, delivery: Delivery) -> Delivery | None:
        """Return what came behind the delivery, whose turn it is now."""
        place = delivery.message.place
        if place is None:
            return None
        if behind := self._behind.get(place.key):
            return behind.popleft()
        self._behind.pop(place.key, None)
        return None

    def clear(self) -> None:
        """Begin anew, without what is waiting: whoever consumes next gets it."""
        self._behind.clear()


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

"""What handlers are to do with each order, and the handlers that do it. Outlives every process."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from brickline.events import (
    BatchConsumer,
    BatchContext,
    Bus,
    BusError,
    ConsumerGroup,
    Deferred,
    EventContext,
    Message,
    PermanentError,
    Transaction,
    TransientError,
)
from brickline.schemas import BaseEvent, EventDeadLettered, encode
from support.crash_points import Life, Point
from support.shop import MOURNERS, QUICKLY, Ordered, Shipped, consumer

OTHERS = "others"
"""The second group of orders, which takes them in batches."""
_EFFORT_S = (
    0.01  # longer than the relay waits to delete what is confirmed: what is acknowledged too early is lost
)
ROUTES = {
    Ordered.topic: ("orders", OTHERS),
    Shipped.topic: ("shipments",),
    EventDeadLettered.topic: (MOURNERS,),
}


class Ending(StrEnum):
    """What becomes of an event in one group."""

    SETTLED = "settled"
    STUMBLES = "settled after failures that pass"
    WAITS = "settled after being deferred"
    BURIED = "permanent"
    EXHAUSTED = "exhausted"

    @property
    def dead(self) -> bool:
        """Whether it is to become a dead letter; its value is then the letter's reason."""
        return self in (Ending.BURIED, Ending.EXHAUSTED)


@dataclass(frozen=True)
class Fate:
    """How a group's handler fares with one event, `times` times or, where it is to die, always."""

    ending: Ending = Ending.SETTLED
    times: int = 1
    inside: bool = False
    """Fail in the transaction, after writing and publishing, instead of before it."""

    def strike(self) -> None:
        """Raise what is ordered."""
        match self.ending:
            case Ending.BURIED:
                raise PermanentError("ordered to die")
            case Ending.WAITS:
                raise Deferred("ordered to wait", until=datetime.now(UTC) + timedelta(seconds=0.02))
            case _:
                raise TransientError("ordered to fail")


Fates = Mapping[str, Fate]
"""By group, of one order."""

EVERYTHING: Sequence[Fates] = (
    {},
    {"orders": Fate(Ending.STUMBLES)},
    {"orders": Fate(Ending.BURIED), OTHERS: Fate(Ending.BURIED)},
)
"""Orders of each kind: a process that handles them passes every point, save that of handing back."""


@dataclass
class Script:
    """The fates by group and number; an event without one is settled at once."""

    fates: dict[tuple[str, int], Fate] = field(default_factory=dict)
    seen: list[BaseEvent[Any]] = field(default_factory=list)
    """Every event that reached a handler, as often as it did."""
    struck: Counter[tuple[str, int]] = field(default_factory=Counter)
    twice: set[int] = field(default_factory=set)
    """Numbers of events that are delivered again while they are being handled."""
    duplicates: set[asyncio.Task[None]] = field(default_factory=set)

    def order(self, number: int, fates: Fates) -> None:
        """Note what is to become of an order."""
        self.fates |= {(group, number): fate for group, fate in fates.items()}

    def strike(self, group: str, number: int, *, inside: bool) -> None:
        """Raise what is ordered for this group and number at this place."""
        fate = self.fate(group, number)
        if fate.ending is Ending.SETTLED or inside is not fate.inside:
            return
        if fate.ending.dead or self.struck[group, number] < fate.times:
            self.struck[group, number] += 1
            fate.strike()

    def fate(self, group: str, number: int) -> Fate:
        return self.fates.get((group, number)) or Fate()

    def deliver_again(self, bus: Bus, event: BaseEvent[Any]) -> None:
        """Give every group of its topic the event once more."""
        message = Message(encode(event), event.topic, event.event_id)
        self.duplicates.add(asyncio.get_event_loop().create_task(_delivered(bus, message)))

    def consumers(self, life: Life, bus: Bus) -> Sequence[ConsumerGroup[Any]]:
        """The groups of a service, in the process of that life."""

        async def handle(event: Any, context: EventContext) -> None:
            self.seen.append(context.event)
            if event.number in self.twice:
                self.twice.remove(event.number)
                self.deliver_again(bus, context.event)
            await asyncio.sleep(_EFFORT_S)
            life.reach(Point.HANDLER_ENTERED)
            self.strike(context.group_id, event.number, inside=False)
            async with context.transaction() as tx:
                await _write(tx, context.event, context.group_id, str(event.number))
                if isinstance(event, Ordered):
                    await tx.publish(Shipped(number=event.number))
                life.reach(Point.HANDLER_WRITING)
                self.strike(context.group_id, event.number, inside=True)
            life.reach(Point.HANDLER_LEFT)

        async def mourn(event: EventDeadLettered, context: EventContext) -> None:
            async with context.transaction() as tx:
                await _write(tx, context.event, MOURNERS, f"{event.group_id} {event.event_id}")

        return (
            consumer(handle),
            consumer(handle, group="shipments", of=Shipped),
            consumer(mourn, group=MOURNERS, of=EventDeadLettered),
            _Others(self, life),
        )


class _Others(BatchConsumer[Ordered]):
    """Orders, in batches."""

    group_id = OTHERS
    retry = QUICKLY
    batch_size = 4
    concurrency = 2

    def __init__(self, script: Script, life: Life) -> None:
        self._script = script
        self._life = life

    async def process_batch(self, events: Sequence[BaseEvent[Ordered]], context: BatchContext) -> None:
        await asyncio.sleep(_EFFORT_S)
        self._life.reach(Point.BATCH_ENTERED)
        self._strike(events, inside=False)
        async with context.transaction() as tx:
            for event in events:
                await _write(tx, event, OTHERS, str(event.payload.number))
            self._life.reach(Point.BATCH_WRITING)
            self._strike(events, inside=True)
        self._life.reach(Point.BATCH_LEFT)

    def _strike(self, events: Sequence[BaseEvent[Ordered]], *, inside: bool) -> None:
        for event in events:
            self._script.strike(OTHERS, event.payload.number, inside=inside)


async def _delivered(bus: Bus, message: Message) -> None:
    with suppress(BusError):
        await bus.publish(message)


async def _write(tx: Transaction, event: BaseEvent[Any], group: str, subject: str) -> None:
    """Leave a mark: the table takes any number for one event, so that doing it twice shows."""
    await tx.connection.execute("insert into effects values ($1, $2, $3)", event.event_id, group, subject)

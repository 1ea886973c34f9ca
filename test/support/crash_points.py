"""Named moments of the protocol, and one process's life, which a fault can end at any of them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import NamedTuple


class Point(StrEnum):
    """Where a process can be when it ends; after a commit, say, whose answer it never sees."""

    PUBLISHING = "publisher: before commit"
    PUBLISHED = "publisher: after commit"
    CLAIMED = "relay: after claim"
    SENDING = "relay: before the bus takes it"
    TAKEN = "relay: the bus took it, confirm not seen"
    CONFIRMED = "relay: after confirm"
    DELETING = "relay: before delete"
    DELETED = "relay: after delete"
    HANDED_BACK = "relay: after handing back"
    HANDLER_ENTERED = "handler: before its transaction"
    HANDLER_WRITING = "handler: in its transaction"
    SETTLING = "handler: before commit"
    SETTLED = "handler: after commit"
    HANDLER_LEFT = "handler: after its transaction"
    BATCH_ENTERED = "batch: before its transaction"
    BATCH_WRITING = "batch: in its transaction"
    BATCH_LEFT = "batch: after its transaction"
    RETRYING = "retry: before commit"
    RETRIED = "retry: after commit"
    BURYING = "dead letter: before commit"
    BURIED = "dead letter: after commit"
    ACKING = "consumer: before ack"
    ACKED = "consumer: after ack"
    BATCH_ACKING = "batch: before ack"
    BATCH_ACKED = "batch: after ack"


_BUS_MATTERS = (
    Point.PUBLISHED,
    Point.CLAIMED,
    Point.TAKEN,
    Point.CONFIRMED,
    Point.DELETING,
    Point.HANDLER_WRITING,
    Point.SETTLED,
    Point.ACKING,
    Point.BATCH_ACKING,
)
CASES: Sequence[tuple[str, Point]] = (
    *(("memory", point) for point in Point),
    *(("rabbit", point) for point in _BUS_MATTERS),
)
"""What to try on each kind of bus: everything on the quick one, on the other what could differ there."""


class Fault(Enum):
    """What happens at a point."""

    CRASH = "crash"
    SEVER = "sever"


class Hit(NamedTuple):
    """A fault that came about."""

    point: Point
    fault: Fault


class Dead(BaseException):
    """Raised in whatever a dead process would do next. No `except Exception` of the product catches it."""


@dataclass(eq=False)
class Life:
    """One process: alive until it crashes. After that, nothing of it reaches database or bus.

    `die` and `sever` end the process's connections, without a word of their protocols.
    """

    tally: Counter[Hit]
    die: Callable[[], None]
    sever: Callable[[], None]
    dead: bool = False
    _armed: dict[Point, tuple[Fault, int]] = field(default_factory=dict)

    def arm(self, point: Point, fault: Fault, *, passes: int = 0) -> None:
        """Let the fault happen at the point, after it was passed so many times."""
        self._armed[point] = (fault, passes)

    def disarm(self) -> None:
        self._armed.clear()

    def crash(self) -> None:
        """End here and now."""
        if not self.dead:
            self.dead = True
            self.die()

    def check(self) -> None:
        """Raise `Dead` in what a dead process has no right to do."""
        if self.dead:
            raise Dead

    def reach(self, point: Point) -> bool:
        """Be at a point. Raises `Dead` after a crash; True tells that connections were severed just now."""
        self.check()
        fault, passes = self._armed.get(point, (None, 0))
        if fault is None:
            return False
        if passes:
            self._armed[point] = (fault, passes - 1)
            return False
        del self._armed[point]
        self.tally[Hit(point, fault)] += 1
        if fault is Fault.SEVER:
            self.sever()
            return True
        self.crash()
        raise Dead

    def reach_soon(self, point: Point) -> None:
        """Be at a point as soon as the current task has gone on as far as it can."""
        asyncio.get_running_loop().call_soon(self._reach_quietly, point)

    def _reach_quietly(self, point: Point) -> None:
        with suppress(Dead):
            self.reach(point)

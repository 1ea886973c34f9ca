"""Which side of a changed topic goes first."""

from dataclasses import dataclass
from enum import StrEnum


class Order(StrEnum):
    """Which side of a topic to deploy first."""

    ANY = "any"
    READERS_FIRST = "readers first"
    WRITERS_FIRST = "writers first"
    NONE = "none"
    """Whichever goes first, a reader meets what it rejects."""


@dataclass(frozen=True)
class Change:
    """What becomes of one topic."""

    topic: str
    order: Order
    why: str
    """A clause for people, such as "version 2 is new"."""


def order_of(verdict_backward: bool, verdict_forward: bool) -> Order:
    """Return the order that a verdict leaves."""
    if verdict_backward and verdict_forward:
        return Order.ANY
    if verdict_backward:
        return Order.READERS_FIRST
    return Order.WRITERS_FIRST if verdict_forward else Order.NONE

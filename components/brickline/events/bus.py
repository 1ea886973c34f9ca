"""What this brick asks of a message bus. `rabbit_bus` and `memory_bus` implement it."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

DELIVERY_LIMIT = 20
"""Deliveries of one message without an end, after which a bus takes it for a crash loop and gives it up."""

UNROUTED = "unrouted"
"""The group that a bus gives up for what other programs published and no group is bound to receive."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands among those that are handled in order."""

    key: UUID
    """The same for all that are in one order."""
    position: int | None = None
    """Grows in the order of publishing; None until the outbox has given it one."""


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way: its bytes, and what a bus needs to route them."""

    body: bytes
    topic: str
    event_id: UUID | None
    """None only on a message that something else put on the bus."""
    group_id: str | None = None
    """The one group it is for (a retry); None for every group bound to the topic."""
    attempt: int = 1
    claims: int = 1
    """How often in a row a relay took it up without an end; past `DELIVERY_LIMIT` that is a crash loop."""
    tenant: str | None = None
    """Whose it is, where the bus lets tenants take turns."""
    place: Place | None = None
    """None where the order does not matter."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A consumer group's wish: the topic it is bound to, and how many deliveries it holds unsettled."""

    group_id: str
    topic: str
    prefetch: int
    abandoned: bool = False
    """Deliver what the bus gave up for the group, instead of what it has for it."""
    ordered: bool = False
    """Deliver to one member of the group at a time, and again in the same order what it leaves unsettled."""


class Delivery(Protocol):
    """One message in a consumer's hands, until it is settled by `ack` or `release`."""

    @property
    def message(self) -> Message:
        """The message as published."""
        ...

    async def ack(self) -> None:
        """The group is done with the message. Does nothing when the bus has it back already."""
        ...

    async def release(self) -> None:
        """Hand the message back, to be delivered again. Does nothing when the bus has it back already."""
        ...


class Deliveries(Protocol):
    """The stream of a group's deliveries; several tasks may iterate over it at once."""

    def __aiter__(self) -> AsyncIterator[Delivery]:
        """Yield deliveries until `stop` is called."""
        ...

    async def take(self, count: int) -> Sequence[Delivery]:
        """Wait for a delivery; return it with what else is there, at most `count`. Empty after `stop`."""
        ...

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge deliveries of this stream together, in as few messages as the bus can."""
        ...

    async def pause(self) -> None:
        """Take no more for now; hand back what no task has taken yet. The group stays bound."""
        ...

    async def resume(self) -> None:
        """Take again."""
        ...

    async def stop(self) -> None:
        """Take no more; hand back what no task has taken yet, and end every iteration."""
        ...

    @property
    def interrupted(self) -> str | None:
        """None while messages can arrive, else why they cannot (the bus reconnects by itself)."""
        ...


class Bus(Protocol):
    """Moves messages from outboxes to consumer groups, at least once."""

    async def publish(self, message: Message) -> None:
        """Return once the bus has taken responsibility for the message.

        RabbitMQ has at its confirm; the in-process bus has when every group settled the message, so that a
        crash loses nothing there either. Raises `Unroutable` or `BusUnavailable`: then the message may or
        may not have been delivered, and is to be sent again.
        """
        ...

    def consume(self, subscription: Subscription) -> AbstractAsyncContextManager[Deliveries]:
        """Bind the group to its topic and deliver to it until the context ends.

        The first connection is made on entering (`BusUnavailable`, `TopologyMismatch`); later ones by itself.
        What is unsettled at the end is delivered again, to this group, by whoever consumes next.
        """
        ...

    def blocked_topics(self) -> Collection[str]:
        """Topics that cannot be published to now, because a group bound to them does not take any.

        A broker holds messages for such a group and blocks none; the in-process bus holds none.
        """
        ...

    async def tell(self, notice: bytes) -> None:
        """Tell every process that hears now, this one too. Nothing is kept for anybody, and it may be lost.

        At most `MAX_NOTICE_BYTES`, else nobody hears it. Raises `BusUnavailable`, `TopologyMismatch`.
        """
        ...

    def hear(self) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Hear what anyone tells until the context ends. Whoever is slow misses the oldest and delays nobody.

        The first connection is made on entering (`BusUnavailable`, `TopologyMismatch`); later ones by itself.
        """
        ...

    async def check(self) -> str | None:
        """Readiness: None, or why the bus cannot be used."""
        ...

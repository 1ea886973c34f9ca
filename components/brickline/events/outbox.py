"""Publishing is a row in the outbox, in the transaction of the change it announces."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from brickline.events.bus import Message, Place
from brickline.events.errors import TransactionMisuse, UndeclaredPublish
from brickline.events.sql import QUERIES
from brickline.persistence import Connection, Database
from brickline.schemas import BaseEvent, Payload, encode

_ORDER = UUID("0f6e1f6c-5f0c-5b2e-8b0e-0d9a3c1f7e42")  # namespace of ordering keys


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose work an event belongs to, and what caused it."""

    tenant: str
    trace_id: str
    job_id: UUID | None = None
    causation_id: UUID | None = None

    @classmethod
    def caused_by(cls, event: BaseEvent[Any]) -> Self:
        """Of what is published while `event` is handled."""
        return cls(event.tenant, event.trace_id, event.job_id, event.event_id)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message that waits in the outbox, and why."""

    message: Message
    tenant: str
    trace_id: str
    due_at: datetime | None = None
    """None: at once."""
    waiting_for: str | None = None
    """Why it is not sent yet, for people."""
    deferred_for: str | None = None
    """What it was put back for, in the word of `Deferred`: who brings that can `hasten` it."""

    def __post_init__(self) -> None:
        if self.due_at is not None and self.due_at.utcoffset() is None:
            raise ValueError(
                f"due_at is {self.due_at}, without a time zone: give it one, as datetime.now(UTC) has"
            )


class Transaction:
    """A database transaction that also publishes: what is published is sent if, and only if, it commits."""

    def __init__(
        self,
        connection: Connection,
        origin: Origin | None,
        *,
        source: str,
        allowed: tuple[type[Payload], ...] | None,
    ) -> None:
        self.connection = connection
        self._origin = origin
        self._rows: list[OutboxRow] = []
        self._ended = False
        self._source = source
        self._allowed = allowed

    @property
    def origin(self) -> Origin:
        """Whose work this is. Raises `TransactionMisuse` for a batch, which may be of many."""
        if self._origin is None:
            raise TransactionMisuse("a batch has as many origins as events: say which, as cause=event")
        return self._origin

    async def publish(
        self, payload: Payload, *, cause: BaseEvent[Any] | None = None, due_at: datetime | None = None
    ) -> UUID:
        """Announce `payload`, at `due_at` or at once after the commit; return the event's id.

        `cause` is the event it follows from; it need not be said where only one is handled. Raises
        `UndeclaredPublish` for a payload that the consumer's `publishes` does not name, or outside of
        one the service's.
        """
        # The very class: a subclass may write something else, which no contract speaks of.
        if self._allowed is not None and type(payload) not in self._allowed:
            raise UndeclaredPublish(
                f"{type(payload).__name__} is not in the `publishes` of the consumer (outside of one: of the "
                "service): add it"
            )
        origin = self.origin if cause is None else Origin.caused_by(cause)
        event = BaseEvent[Payload].of(
            payload,
            event_id=uuid7(),
            trace_id=origin.trace_id,
            occurred_at=datetime.now(UTC),
            source=self._source,
            tenant=origin.tenant,
            job_id=origin.job_id,
            causation_id=origin.causation_id,
        )
        message = Message(body=encode(event), topic=event.topic, event_id=event.event_id, place=_place(event))
        self.add(OutboxRow(message, origin.tenant, origin.trace_id, due_at))
        return event.event_id

    def add(self, row: OutboxRow) -> None:
        """Put an encoded message into the outbox at the end of the transaction."""
        if self._ended:
            raise TransactionMisuse(
                f"{row.message.topic} was published after its transaction had ended: publish inside the block"
            )
        self._rows.append(row)

    def end(self) -> Sequence[OutboxRow]:
        """Take no more, and return what was published."""
        self._ended = True
        return self._rows


class Outbox:
    """One service's outbox."""

    def __init__(self, database: Database, *, source: str, on_commit: Callable[[], None]) -> None:
        self._database = database
        self._source = source
        self._on_commit = on_commit

    @asynccontextmanager
    async def transaction(
        self, origin: Origin | None, *, allowed: tuple[type[Payload], ...] | None = None
    ) -> AsyncIterator[Transaction]:
        """Open a transaction; its publications are written at its end and relayed after the commit."""
        async with self._database.transaction() as connection:
            tx = Transaction(connection, origin, source=self._source, allowed=allowed)
            try:
                yield tx
            finally:
                rows = tx.end()
            await _write(connection, rows)
        if rows:
            self._on_commit()


async def _write(connection: Connection, rows: Sequence[OutboxRow]) -> None:
    """Write rows in one statement."""
    if rows:
        columns = zip(*map(_columns, rows), strict=True)
        await connection.execute(QUERIES["outbox_add"], *map(list, columns))
    if put_back := [row.message for row in rows if row.message.group_id and row.message.place]:
        held = ((it.group_id, it.place.key, it.place.position, it.event_id) for it in put_back if it.place)
        await connection.execute(QUERIES["hold_back"], *map(list, zip(*held, strict=True)))


def _columns(row: OutboxRow) -> tuple[object, ...]:
    message = row.message
    return (
        message.event_id,
        message.topic,
        message.group_id,
        row.tenant,
        row.trace_id,
        message.attempt,
        message.body,
        message.place and message.place.key,
        message.place and message.place.position,
        row.due_at,
        row.waiting_for,
        row.deferred_for,
    )


def _place(event: BaseEvent[Payload]) -> Place | None:
    """Return what keeps the event in order with others; None if nothing need."""
    subject = event.payload.subject if event.payload.ordered else None
    return None if subject is None else Place(uuid5(_ORDER, f"{event.tenant} {event.topic} {subject}"))

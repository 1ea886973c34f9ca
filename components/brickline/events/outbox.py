"""Publishing is a row in the outbox, in the transaction of the change it announces."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from uuid_utils.compat import uuid7

from brickline.events.bus import Message
from brickline.events.errors import TransactionMisuse, UndeclaredPublish
from brickline.events.sql import QUERIES
from brickline.persistence import Connection, Database
from brickline.schemas import BaseEvent, Payload, encode


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
        `UndeclaredPublish` for a payload that the consumer's `publishes` does not name.
        """
        if self._allowed is not None and not isinstance(payload, self._allowed):
            raise UndeclaredPublish(f"{type(payload).__name__} is not in the consumer's `publishes`: add it")
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
        message = Message(body=encode(event), topic=event.topic, event_id=event.event_id)
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
        row.due_at,
        row.waiting_for,
    )

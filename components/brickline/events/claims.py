"""One relay's hold on rows of the outbox."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from brickline.events.bus import Message, Place
from brickline.events.sql import QUERIES
from brickline.persistence import Database, DatabaseUnavailable

_LOOK_AHEAD = 256


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is this relay's to send, until its lease ends."""

    row_id: int
    tenant: str
    message: Message


class Claims:
    """Claims rows for `lease_s` seconds, and says what became of them.

    Nothing here raises when the database is away: a claim that cannot be given back ends with its lease.
    """

    def __init__(self, database: Database, lease_s: float) -> None:
        self._database = database
        self._lease_s = lease_s
        self._claimed_by = uuid4()
        self._last_tenant = ""
        self.interrupted: str | None = None
        """None, or why the database did not answer when last asked."""

    async def take(
        self, room: int, *, but_topics: Collection[str] = (), but_tenants: Collection[str] = ()
    ) -> Sequence[Claimed]:
        """Claim up to `room` due rows, in the order of their ids.

        Every tenant gets the same share, so there may be more due than are returned.
        """
        try:
            async with self._database.connection() as connection:
                rows = await connection.fetch(
                    QUERIES["outbox_claim"],
                    self._claimed_by,
                    self._lease_s,
                    room,
                    list(but_topics),
                    self._last_tenant,
                    list(but_tenants),
                )
        except DatabaseUnavailable as error:
            self.interrupted = str(error)
            self._last_tenant = ""
            return ()
        self.interrupted = None
        self._last_tenant = rows[0]["last_tenant"]
        claimed = [_claimed(row) for row in rows if row["id"] is not None]
        return sorted(claimed, key=lambda row: row.row_id)

    @property
    def saw_all(self) -> bool:
        """Whether the last `take` came to the last of the tenants; the next goes on where it ended."""
        return not self._last_tenant

    async def renew(self, row_ids: Collection[int]) -> None:
        """Begin the leases anew."""
        await self._execute("outbox_renew", list(row_ids), self._claimed_by, self._lease_s)

    async def delete(self, row_ids: Collection[int]) -> None:
        """The bus has confirmed these."""
        await self._execute("outbox_delete", list(row_ids))

    async def hand_back(self, row_id: int, reason: str) -> None:
        """The row could not be sent; it is due again within seconds."""
        await self._execute("outbox_hand_back", [row_id], self._claimed_by, reason)

    async def next_due_in_s(self, *, but_topics: Collection[str] = ()) -> float | None:
        """Return in how many seconds a row falls due, None if there is none or nobody knows."""
        try:
            async with self._database.connection() as connection:
                seconds = await connection.fetchval(
                    QUERIES["outbox_next_due_in_s"], list(but_topics), _LOOK_AHEAD
                )
        except DatabaseUnavailable:
            return None
        return None if seconds is None else float(seconds)

    async def _execute(self, query: str, *arguments: object) -> None:
        try:
            async with self._database.connection() as connection:
                await connection.execute(QUERIES[query], *arguments)
        except DatabaseUnavailable as error:
            self.interrupted = str(error)


def _claimed(row: Any) -> Claimed:
    message = Message(
        body=row["body"],
        topic=row["topic"],
        event_id=row["event_id"],
        group_id=row["group_id"],
        attempt=row["attempt"],
        claims=row["claims"],
        tenant=row["tenant"],
        place=None if row["ordering_key"] is None else Place(row["ordering_key"], row["position"]),
    )
    return Claimed(row["id"], row["tenant"], message)

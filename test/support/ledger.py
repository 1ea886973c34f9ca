"""What was ordered, and whether exactly that has happened: nothing lost, repeated or made up."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from brickline.events import MIGRATIONS, EventRuntime
from brickline.persistence import Database
from brickline.schemas import decode
from support.script import ROUTES, Script
from support.shop import MOURNERS, ORIGIN, Ordered, Shipped

Outcome = tuple[str, str, str]
"""Group, subject (the number; of a dead letter's announcement, whose it is), and how it ended."""


class Refrained(Exception):
    """Raised in a publisher's transaction, to roll it back."""


@dataclass
class Ledger:
    """The account of one database. `announced` is written with each event, so it knows what committed."""

    database: Database
    script: Script
    promised: set[int] = field(default_factory=set)
    """Numbers whose publication returned: their events must be there."""

    async def open(self) -> None:
        await MIGRATIONS.apply(self.database)
        async with self.database.connection() as connection:
            await connection.execute(
                "create table if not exists effects (event_id uuid, group_id text, subject text);"
                "create table if not exists announced (number bigint primary key, topic text, event_id uuid)"
            )

    async def publish(
        self,
        runtime: EventRuntime,
        *payloads: Ordered | Shipped,
        due_at: datetime | None = None,
        commit: bool = True,
    ) -> None:
        """Announce payloads in one transaction, and note the promise if it commits."""
        async with runtime.transaction(ORIGIN) as tx:
            for payload in payloads:
                event_id = await tx.publish(payload, due_at=due_at)
                await tx.connection.execute(
                    "insert into announced values ($1, $2, $3)", payload.number, payload.topic, event_id
                )
            if not commit:
                raise Refrained
        self.promised |= {payload.number for payload in payloads}

    async def announced(self) -> list[dict[str, Any]]:
        """What was committed with its event."""
        return await self._rows("select number, topic, event_id from announced")

    async def check(self) -> None:
        """Raise `AssertionError` unless everything announced has ended as ordered, once."""
        announced = await self.announced()
        missing = self.promised - {row["number"] for row in announced}
        assert not missing, f"published, and not committed: {missing}"
        letters = await self._rows("select event_id, group_id, reason, topic, body from dead_letters")
        effects = await self._rows("select event_id, group_id, subject from effects")
        happened = Counter([_effect(row) for row in effects] + [_death(row) for row in letters])
        expected = self._expected(announced) + Counter(_mourned(row) for row in letters)
        assert happened == expected, f"lost {expected - happened}, too many {happened - expected}"
        inbox = Counter(_key(row) for row in await self._rows("select group_id, event_id from inbox"))
        assert inbox == Counter(map(_key, effects)) + Counter(map(_key, letters)), "the inbox tells otherwise"
        origins = {str(row["event_id"]) for row in announced}
        handled = {
            str(row["event_id"]) for row in effects + letters if row["group_id"] in ROUTES[Ordered.topic]
        }
        assert handled <= origins, f"events that nobody published: {handled - origins}"
        waiting = await self._rows("select topic, group_id, attempt, due_at, waiting_for from outbox")
        assert not waiting, f"the outbox holds {len(waiting)}, the first: {waiting[0]}"

    async def end_leases(self) -> None:
        """Let what is being sent fall due, as when its relay was held up for longer than its lease."""
        await self._rows("update outbox set due_at = now() where claimed_by is not null returning id")

    async def pass_time(self) -> None:
        """Let everything that waits fall due."""
        await self._rows("update outbox set due_at = now() where due_at > now() returning id")

    async def end_connections(self) -> None:
        """Let the server end the connections of everyone but this ledger."""
        await self._rows(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid() "
            "and application_name = current_setting('application_name')"
        )

    def _expected(self, announced: list[dict[str, Any]]) -> Counter[Outcome]:
        outcomes: Counter[Outcome] = Counter()
        for row in announced:
            number, groups = row["number"], ROUTES[row["topic"]]
            outcomes.update(self._ordered(group, number) for group in groups)
            if "orders" in groups and not self.script.fate("orders", number).ending.dead:
                outcomes[self._ordered("shipments", number)] += 1
        return outcomes

    def _ordered(self, group: str, number: int) -> Outcome:
        ending = self.script.fate(group, number).ending
        return group, str(number), ending.value if ending.dead else "effect"

    async def _rows(self, sql: str) -> list[dict[str, Any]]:
        async with self.database.connection() as connection:
            return [dict(row) for row in await connection.fetch(sql)]


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["group_id"], str(row["event_id"])


def _effect(row: dict[str, Any]) -> Outcome:
    return row["group_id"], row["subject"], "effect"


def _death(row: dict[str, Any]) -> Outcome:
    of: type[Ordered] | type[Shipped] = Ordered if row["topic"] == Ordered.topic else Shipped
    return row["group_id"], str(decode(row["body"], of).payload.number), row["reason"]


def _mourned(row: dict[str, Any]) -> Outcome:
    return MOURNERS, f"{row['group_id']} {row['event_id']}", "effect"

"""The account of every call: what is held for it before it is made, and what it cost."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import JsonValue

from brickline.budget import checks
from brickline.budget.entry import Entry, Looked, State, Swept
from brickline.budget.errors import NotDispatched
from brickline.budget.reports import Reports
from brickline.budget.reservation import dispatched, reserved
from brickline.budget.wish import Wish
from brickline.persistence import Database

Note = Mapping[str, JsonValue]

_DAY_S = 86_400
_BATCH = 1000
_CLOSED = "closed"
"""What closing an entry returns; else it returns the state that it found instead."""
_NOTHING: Note = {}


class Ledger(Reports):
    """Keeps the calls of one service, and within its limits. Results older than `keep_days` are forgotten.

    The way of a call: `reserve` and `dispatch`, or both at once by `open`; the call itself; then `settle`,
    `release` or `doubt`. `look` tells what is known of it.
    A worker may die anywhere on it: `sweep`, run by somebody every few seconds, puts right what it left.
    Every method raises `DatabaseUnavailable` when Postgres is gone, and can then be called again: what was
    done already is not done twice.
    """

    def __init__(self, database: Database, *, keep_days: float = 30) -> None:
        super().__init__(database)
        self._keep_s = checks.check_seconds("keep_days", keep_days * _DAY_S)

    async def look(
        self, tenant: str, event_id: UUID, step: str, fingerprints: Sequence[bytes], max_age_s: float
    ) -> Looked:
        """Return what is known of a call, and the tenant's answers to the same question, if young enough."""
        rows = await self._fetch(
            "look",
            checks.check_name("tenant", tenant),
            checks.check_event_id(event_id),
            checks.check_name("step", step),
            [checks.check_fingerprint(each) for each in fingerprints],
            checks.check_seconds("max_age_s", max_age_s),
        )
        return Looked(
            attempts=tuple(Entry.of(row) for row in rows if not row["shared"]),
            shared=tuple(Entry.of(row) for row in rows if row["shared"]),
        )

    async def reserve(self, wish: Wish) -> Entry:
        """Hold the wish's amount in every window that has a limit for it, or in none.

        Raises `OverBudget`, or `CallInFlight`, also where the question was answered since the caller looked.
        Lost if Postgres dies before `dispatch`, which is then refused.
        """
        (row,) = await self._fetch("reserve", *_wanted(wish), wish.lease_s, checks.note_text(wish.note))
        return reserved(row, wish)

    async def open(self, wish: Wish, lease_s: float) -> Entry:
        """Reserve and dispatch in one trip, for a call that is made at once and takes `lease_s` at most.

        Raises as `reserve` does. Who dies while waiting for it may leave a dispatched call that was not made.
        """
        lease_s = checks.check_seconds("lease_s", lease_s)
        (row,) = await self._fetch("open", *_wanted(wish), lease_s, checks.note_text(wish.note))
        return dispatched(row, wish)

    async def dispatch(self, entry_id: int, lease_s: float) -> bool:
        """Say that the call is made now, for `lease_s` at most; on the disk when it returns.

        False: it must not be made, for the reservation had expired, and somebody swept it.
        """
        return await self._flag(
            "dispatch", checks.check_entry_id(entry_id), checks.check_seconds("lease_s", lease_s)
        )

    async def settle(
        self,
        entry_id: int,
        cost_micros: int,
        *,
        outcome: str,
        result: bytes | None = None,
        note: Note = _NOTHING,
    ) -> bool:
        """Book what a dispatched call cost, however much was held for it, and keep its answer.

        What it cost beyond that is a debt: a window that has spent more than its limit admits nothing.
        It does not wait for the disk: the commit that the answer leads to does. Should Postgres die before
        that, the call is dispatched still, and held. False: it was settled before, and nothing has changed.
        Raises `NotDispatched`.
        """
        found = await self._value(
            "settle",
            checks.check_entry_id(entry_id),
            checks.check_amount("cost_micros", cost_micros),
            checks.check_name("outcome", outcome),
            checks.check_result(result),
            checks.note_text(note),
        )
        if found not in (_CLOSED, State.SETTLED):
            raise NotDispatched(
                f"entry {entry_id} is {found or 'unknown'} and cannot be settled at {cost_micros} "
                "micro-dollars: a call is to be made only after dispatch has returned True"
            )
        return bool(found == _CLOSED)

    async def release(self, entry_id: int, *, outcome: str, note: Note = _NOTHING) -> bool:
        """Give back what is held for a call that was certainly not billed. False: it holds nothing."""
        found = await self._value(
            "release",
            checks.check_entry_id(entry_id),
            checks.check_name("outcome", outcome),
            checks.note_text(note),
        )
        return bool(found == _CLOSED)

    async def doubt(self, entry_id: int, *, outcome: str, note: Note = _NOTHING) -> bool:
        """Hold on to the worst case of a dispatched call that may have been billed. False: it is none."""
        return await self._flag(
            "doubt",
            checks.check_entry_id(entry_id),
            checks.check_name("outcome", outcome),
            checks.note_text(note),
        )

    async def record(
        self,
        wish: Wish,
        *,
        outcome: str,
        result: bytes | None = None,
        saved_micros: int = 0,
        note: Note = _NOTHING,
    ) -> bool:
        """Write down a call that cost nothing, whatever the wish's amount. False: the attempt has an entry.

        It may be lost if Postgres dies in the next moment.
        """
        return await self._flag(
            "record",
            *(
                wish.entry_id,
                wish.tenant,
                wish.event_id,
                wish.step,
                wish.attempt,
                wish.trace_id,
                wish.model,
                wish.fingerprint,
            ),
            checks.check_name("outcome", outcome),
            checks.check_result(result),
            checks.check_amount("saved_micros", saved_micros),
            checks.note_text({**wish.note, **note}),
        )

    async def reused(self, entry_id: int) -> None:
        """Count that an answer was read back instead of being paid for again."""
        await self._value("reused", checks.check_entry_id(entry_id))

    async def resolve(self, entry_id: int, billed_micros: int) -> bool:
        """Book what an ambiguous call was billed, as an operator knows, 0: not at all. False: it is none."""
        checks.check_entry_id(entry_id)
        if checks.check_amount("billed_micros", billed_micros):
            found = await self._value("resolve_billed", entry_id, billed_micros)
        else:
            found = await self._value("resolve_not_billed", entry_id)
        return bool(found == _CLOSED)

    async def sweep(self) -> Swept:
        """Take calls from workers whose time ran out: not dispatched, released; dispatched, ambiguous.

        Any number may run at once. Old results are forgotten, too, some at a time.
        """
        released = 0
        for row in await self._fetch("expired_reservations", _BATCH):
            # Each in a transaction of its own: windows are locked in order within one entry only.
            released += await self._value("release_expired", row["entry_id"]) == _CLOSED
        ambiguous = await self._value("doubt_expired", _BATCH)
        await self._value("forget_results", self._keep_s, _BATCH)
        return Swept(released, ambiguous)

    async def _flag(self, query: str, *arguments: Any) -> bool:
        return bool(await self._value(query, *arguments))

    async def _value(self, query: str, *arguments: Any) -> Any:
        (row,) = await self._fetch(query, *arguments)
        return row[0]


def _wanted(wish: Wish) -> tuple[Any, ...]:
    return (
        wish.entry_id,
        *(wish.tenant, wish.event_id, wish.step, wish.attempt, wish.trace_id, wish.model),
        *(wish.amount_micros, wish.fingerprint, wish.share_s, wish.answer_seen),
    )

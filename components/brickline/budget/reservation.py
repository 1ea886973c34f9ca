"""What came of a wish."""

from dataclasses import replace

import asyncpg

from brickline.budget.entry import Entry, State
from brickline.budget.errors import CallInFlight, OverBudget
from brickline.budget.wish import Wish


def reserved(row: asyncpg.Record, wish: Wish) -> Entry:
    """Return the entry that was made for `wish`. Raises `CallInFlight` or `OverBudget` where none was."""
    if row["verdict"] == "in_hand":
        raise CallInFlight(row["until"])
    if row["verdict"] != "reserved":
        raise _over_budget(row, wish)
    return Entry(
        entry_id=row["number"],
        tenant=wish.tenant,
        event_id=wish.event_id,
        step=wish.step,
        attempt=wish.attempt,
        trace_id=wish.trace_id,
        model=wish.model,
        state=State.RESERVED,
        outcome=None,
        reserved_micros=wish.amount_micros,
        cost_micros=None,
        saved_micros=0,
        fingerprint=wish.fingerprint,
        note=wish.note,
        result=None,
        opened_at=row["now"],
        dispatched_at=None,
        closed_at=None,
        expires_at=row["until"],
        reused=0,
    )


def dispatched(row: asyncpg.Record, wish: Wish) -> Entry:
    """Return the same for one that was dispatched as well."""
    return replace(reserved(row, wish), state=State.DISPATCHED, dispatched_at=row["now"])


def _over_budget(row: asyncpg.Record, wish: Wish) -> OverBudget:
    return OverBudget(
        *(row["in_scope"], row["in_period"], row["verdict"], row["until"]),
        limit_micros=row["in_limit"],
        spent_micros=row["in_spent"],
        held_micros=row["in_held"],
        amount_micros=wish.amount_micros,
    )

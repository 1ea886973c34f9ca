"""A call that is being made, and how its end is written down: what is paid for, what is free, or nothing."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from pydantic import JsonValue

from brickline.budget import BudgetError, Entry, Ledger, Wish
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.books.persistence import persistently
from brickline.persistence import DatabaseUnavailable

Note = Mapping[str, JsonValue]

_GRACE_S = 30.0
"""How much longer than its provider's time limit a dispatched call is taken to be in hand: its end has to be
written down, while Postgres may be restarting."""


class OpenCall(Protocol):
    """A call that is being made. Exactly one of the methods ends it."""

    async def settle(self, cost_micros: int, outcome: CallOutcome, result: bytes | None, note: Note) -> None:
        """It ended, and cost so much."""
        ...

    async def release(self, outcome: CallOutcome, note: Note) -> None:
        """It ended, and was certainly not billed."""
        ...

    async def doubt(self, outcome: CallOutcome, note: Note) -> None:
        """It may have been billed, and nobody here can tell."""
        ...


class PaidCall:
    """A call whose worst case is held in the ledger, and which may be made from now on."""

    def __init__(self, ledger: Ledger, entry: Entry, timeout_s: float) -> None:
        self.entry = entry
        self._ledger = ledger
        self._patience_s = timeout_s + _GRACE_S

    @classmethod
    async def open(cls, ledger: Ledger, wish: Wish, timeout_s: float) -> "PaidCall":
        """Reserve and dispatch. Raises `budget.OverBudget` or `budget.CallInFlight`."""
        try:
            return cls(ledger, await ledger.open(wish, timeout_s + _GRACE_S), timeout_s)
        except BudgetError:
            raise
        except BaseException:  # it may have been opened for all we have heard, and nothing has been sent
            with suppress(DatabaseUnavailable):
                await persistently(
                    lambda: ledger.release(wish.entry_id, outcome=CallOutcome.PASSED_OVER), _GRACE_S
                )
            raise

    async def settle(self, cost_micros: int, outcome: CallOutcome, result: bytes | None, note: Note) -> None:
        """Write down what was paid and what for; the answer is kept, so that it is never paid for again."""
        entry_id = self.entry.entry_id
        await persistently(
            lambda: self._ledger.settle(entry_id, cost_micros, outcome=outcome, result=result, note=note),
            self._patience_s,
        )

    async def release(self, outcome: CallOutcome, note: Note) -> None:
        """Give back what was held."""
        entry_id = self.entry.entry_id
        await persistently(
            lambda: self._ledger.release(entry_id, outcome=outcome, note=note), self._patience_s
        )

    async def doubt(self, outcome: CallOutcome, note: Note) -> None:
        """Keep holding it."""
        entry_id = self.entry.entry_id
        await persistently(lambda: self._ledger.doubt(entry_id, outcome=outcome, note=note), self._patience_s)


class FreeCall:
    """A call that costs nothing: written down once it has ended."""

    def __init__(self, ledger: Ledger, wish: Wish) -> None:
        self._ledger = ledger
        self._wish = wish

    async def settle(self, cost_micros: int, outcome: CallOutcome, result: bytes | None, note: Note) -> None:
        """Write down the answer; a redelivery reads it back."""
        await self._ledger.record(self._wish, outcome=outcome, result=result, note=note)

    async def release(self, outcome: CallOutcome, note: Note) -> None:
        """Write down that there was none."""
        await self._ledger.record(self._wish, outcome=outcome, result=None, note=note)

    async def doubt(self, outcome: CallOutcome, note: Note) -> None:
        """There is no doubt about what is free."""
        await self.release(outcome, note)


class UnrecordedCall:
    """A call that nobody keeps books of."""

    async def settle(self, cost_micros: int, outcome: CallOutcome, result: bytes | None, note: Note) -> None:
        """Keep nothing."""

    async def release(self, outcome: CallOutcome, note: Note) -> None:
        """Keep nothing."""

    async def doubt(self, outcome: CallOutcome, note: Note) -> None:
        """Keep nothing."""

"""A call that is being made, and how its end is written down: what is paid for, what is free, or nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from pydantic import JsonValue

from brickline.budget import Entry, Ledger, Wish
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.persistence import DatabaseUnavailable
from brickline.telemetry import get_logger

_log = get_logger(__name__)

Note = Mapping[str, JsonValue]

_GRACE_S = 30.0
"""How much longer than its provider's time limit a dispatched call is taken to be in hand: its end has to be
written down, while Postgres may be restarting."""
_AGAIN_S = 0.5


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
        self._entry_id = entry.entry_id
        self._patience_s = timeout_s + _GRACE_S

    @classmethod
    async def open(cls, ledger: Ledger, wish: Wish, timeout_s: float) -> "PaidCall":
        """Reserve and dispatch. Raises `budget.OverBudget` or `budget.CallInFlight`."""
        entry = await ledger.open(wish, timeout_s + _GRACE_S)
        return cls(ledger, entry, timeout_s)

    async def settle(self, cost_micros: int, outcome: CallOutcome, result: bytes | None, note: Note) -> None:
        """Write down what was paid and what for; the answer is kept, so that it is never paid for again."""
        await self._persistently(
            lambda: self._ledger.settle(
                self._entry_id, cost_micros, outcome=outcome, result=result, note=note
            )
        )

    async def release(self, outcome: CallOutcome, note: Note) -> None:
        """Give back what was held."""
        await self._persistently(lambda: self._ledger.release(self._entry_id, outcome=outcome, note=note))

    async def doubt(self, outcome: CallOutcome, note: Note) -> None:
        """Keep holding it."""
        await self._persistently(lambda: self._ledger.doubt(self._entry_id, outcome=outcome, note=note))

    async def _persistently(self, write: Callable[[], Awaitable[Any]]) -> None:
        """Outlast a restart of Postgres: what was paid for is in this process alone until it is written."""
        try:
            async with asyncio.timeout(self._patience_s):
                while True:
                    try:
                        await write()
                        return
                    except DatabaseUnavailable:
                        _log.warning("llm.waiting_for_ledger", entry=self._entry_id)
                        await asyncio.sleep(_AGAIN_S)
        except TimeoutError as error:
            raise DatabaseUnavailable(
                f"entry {self._entry_id} could not be written to the ledger for {self._patience_s:g} s"
            ) from error


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

"""Where calls are written down before they are made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from brickline.budget import Entry, Ledger, Looked, State, Wish
from brickline.llm_routing.asking.history import History
from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.books.attempt import Attempt
from brickline.llm_routing.books.open_call import FreeCall, OpenCall, PaidCall, UnrecordedCall
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.models.model import Model


class Books(Protocol):
    """What is known of calls, and where new ones are opened."""

    async def look(self, question: Question[Any], models: Sequence[Model], max_age: timedelta) -> History:
        """Return the attempts at the question, and younger answers of `models` to equal ones."""
        ...

    async def shared(self, question: Question[Any], fingerprint: bytes, max_age: timedelta) -> Entry | None:
        """Return a younger answer of the tenant's by its fingerprint."""
        ...

    async def open(
        self, attempt: Attempt, worst_micros: int, *, share_for: timedelta | None, seen: Entry | None
    ) -> OpenCall:
        """Open a call that may be made at once. Raises `budget.OverBudget` or `budget.CallInFlight`.

        With `share_for` equal questions wait for its answer while it is in hand, and one that is younger than
        that is to be used instead, unless it is `seen`.
        """
        ...

    async def share(self, attempt: Attempt, answer: Entry) -> None:
        """Write down that the answer to an equal question was used."""
        ...

    async def reused(self, entry: Entry) -> None:
        """Count that an answer was read back."""
        ...


class LedgerBooks:
    """Books in Postgres."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def look(self, question: Question[Any], models: Sequence[Model], max_age: timedelta) -> History:
        """Look into the ledger, and first into what a dead worker left open there."""
        found = await self._look(question, models, max_age)
        if any(_is_left_open(entry) for entry in found.attempts):
            await self._ledger.sweep()
            found = await self._look(question, models, max_age)
        return History(
            found.attempts, {entry.fingerprint: entry for entry in found.shared if entry.fingerprint}
        )

    async def _look(self, question: Question[Any], models: Sequence[Model], max_age: timedelta) -> Looked:
        call = question.call
        fingerprints = [question.fingerprint(model) for model in models if not model.is_free]
        return await self._ledger.look(
            call.tenant, call.event_id, call.step, fingerprints, max_age.total_seconds()
        )

    async def shared(self, question: Question[Any], fingerprint: bytes, max_age: timedelta) -> Entry | None:
        """Look into the ledger."""
        call = question.call
        found = await self._ledger.look(
            call.tenant, call.event_id, call.step, [fingerprint], max_age.total_seconds()
        )
        return found.shared[0] if found.shared else None

    async def open(
        self, attempt: Attempt, worst_micros: int, *, share_for: timedelta | None, seen: Entry | None
    ) -> OpenCall:
        """Reserve and dispatch what is paid for."""
        wish, model = _wish(attempt, worst_micros), attempt.model
        if model.is_free:
            return FreeCall(self._ledger, wish)
        if share_for is not None:
            wish = replace(
                wish,
                fingerprint=attempt.question.fingerprint(model),
                share_s=share_for.total_seconds(),
                answer_seen=seen.entry_id if seen else None,
            )
        return await PaidCall.open(self._ledger, wish, model.timeout_s)

    async def share(self, attempt: Attempt, answer: Entry) -> None:
        """Record the use of the answer, and what it saved."""
        await self._ledger.record(
            _wish(attempt, 0),
            outcome=CallOutcome.CACHED,
            result=answer.result,
            saved_micros=answer.cost_micros or 0,
        )

    async def reused(self, entry: Entry) -> None:
        """Count it on the entry."""
        await self._ledger.reused(entry.entry_id)


class NoBooks:
    """No accounting: every question is asked, and nothing is kept."""

    async def look(self, question: Question[Any], models: Sequence[Model], max_age: timedelta) -> History:
        """Know nothing."""
        return History()

    async def shared(self, question: Question[Any], fingerprint: bytes, max_age: timedelta) -> Entry | None:
        """Know none."""
        return None

    async def open(
        self, attempt: Attempt, worst_micros: int, *, share_for: timedelta | None, seen: Entry | None
    ) -> OpenCall:
        """Let it be made."""
        return UnrecordedCall()

    async def share(self, attempt: Attempt, answer: Entry) -> None:
        """Keep nothing."""

    async def reused(self, entry: Entry) -> None:
        """Keep nothing."""


def _is_left_open(entry: Entry) -> bool:
    return entry.state in (State.RESERVED, State.DISPATCHED) and entry.expires_at <= datetime.now(UTC)


def _wish(attempt: Attempt, amount_micros: int) -> Wish:
    call = attempt.question.call
    return Wish(
        tenant=call.tenant,
        event_id=call.event_id,
        step=call.step,
        attempt=attempt.number,
        trace_id=call.trace_id,
        model=attempt.model.name,
        amount_micros=amount_micros,
        fingerprint=None,
        note=attempt.note,
    )

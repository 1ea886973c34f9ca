"""Which calls were made for what, as the ledger tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from brickline.budget import Entry, Ledger, State
from brickline.llm_routing.books.notes import CallNote
from brickline.persistence import Database

_ENDED = (State.SETTLED, State.RELEASED)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call of one provider."""

    call_id: int
    tenant: str
    trace_id: str
    event_id: UUID
    step: str
    attempt: int
    task: str
    provider: str
    model: str
    """The exact model that answered; where none did, what its provider was asked for."""
    state: str
    """Where its money is: reserved, dispatched, settled, released or ambiguous."""
    outcome: str | None
    """How it ended; None while it has not, and where a worker died with it."""
    detail: str | None
    """What went wrong; None for an answer."""
    began_at: datetime
    duration_ms: float
    input_tokens: int
    """Tokens the provider metered; 0 where it meters none, or gave no answer."""
    output_tokens: int
    cost_micros: int
    """Micro-dollars that were paid."""
    held_micros: int
    """Micro-dollars that may have been paid, and are held."""

    @property
    def ended_at(self) -> datetime:
        """When the provider had answered, or failed."""
        return self.began_at + timedelta(milliseconds=self.duration_ms)

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Read it from the ledger. What cost nothing was written down when it had ended."""
        note = CallNote.of(entry)
        return cls(
            call_id=entry.entry_id,
            tenant=entry.tenant,
            trace_id=entry.trace_id,
            event_id=entry.event_id,
            step=entry.step,
            attempt=entry.attempt,
            task=note.task,
            provider=note.provider,
            model=note.answered_by or note.model_id,
            state=entry.state,
            outcome=entry.outcome,
            detail=note.detail,
            began_at=entry.dispatched_at or entry.opened_at - timedelta(seconds=note.seconds),
            duration_ms=note.seconds * 1000,
            input_tokens=note.input_tokens,
            output_tokens=note.output_tokens,
            cost_micros=entry.cost_micros or 0,
            held_micros=0 if entry.state in _ENDED else entry.reserved_micros,
        )


async def read_calls(database: Database, trace_id: str) -> list[CallRecord]:
    """Return the calls of a trace (32 hex digits) in the order of time."""
    return [CallRecord.of(entry) for entry in await Ledger(database).of_trace(trace_id)]

"""What has been asked for one event and step before: across redeliveries, crashes and workers."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property

from brickline.budget import Entry, State, usd
from brickline.llm_routing.asking.answer import Answer
from brickline.llm_routing.asking.judging import read_back
from brickline.llm_routing.asking.question import Question
from brickline.llm_routing.books.notes import CallNote
from brickline.llm_routing.books.outcome import CallOutcome
from brickline.llm_routing.errors import AmbiguousCall, CallInFlight
from brickline.llm_routing.models.model import Model
from brickline.llm_routing.provider import Correction
from brickline.llm_routing.task import OutputT

_UNACCEPTED = (CallOutcome.INVALID, CallOutcome.TRUNCATED)


class NotLooked(Exception):
    """Raised where a history is wanted that nobody has looked for."""


class History:
    """The attempts at one question so far, oldest first, and the answers that equal ones have had.

    `looked`: whether there are no others. The first attempt at a question that is paid for needs no look:
    where it is not the first, or an equal question was answered, the ledger does not open it.
    """

    def __init__(
        self,
        attempts: tuple[Entry, ...] = (),
        shared: Mapping[bytes, Entry] | None = None,
        *,
        looked: bool = True,
    ) -> None:
        self.attempts = attempts
        self.shared = shared or {}
        self.looked = looked

    @property
    def next_attempt(self) -> int:
        """Counts from 1."""
        return max((entry.attempt for entry in self.attempts), default=0) + 1

    @cached_property
    def paid_micros(self) -> int:
        """What all the attempts cost."""
        return sum(entry.cost_micros or 0 for entry in self.attempts)

    def answer(self, question: Question[OutputT]) -> tuple[Entry, Answer[OutputT]] | None:
        """Return the answer that was given before: to the same text, and one to the task as it is now.

        An event that was edited and replayed has the id that it had, and another text.
        """
        for entry in reversed(self.attempts):
            if entry.outcome in (CallOutcome.ANSWERED, CallOutcome.CACHED) and entry.result is not None:
                output, note = read_back(question.task, entry.result), CallNote.of(entry)
                if output is not None and note.text == question.text_digest:
                    return entry, Answer(
                        output,
                        note.answered_by or entry.model,
                        cost_micros=self.paid_micros,
                        degraded=note.degraded,
                        repaired=note.repaired,
                    )
        return None

    def seen(self, question: Question[OutputT], model: Model) -> Entry | None:
        """Return the answer that the model gave to an equal question."""
        return self.shared.get(question.fingerprint(model)) if self.shared and not model.is_free else None

    def check_decided(self, *, may_retry: bool) -> None:
        """Raise `CallInFlight`, or unless `may_retry` `AmbiguousCall`, where a call could pay twice."""
        now = datetime.now(UTC)
        for entry in self.attempts:
            if entry.state in (State.RESERVED, State.DISPATCHED):
                raise CallInFlight(
                    f"attempt {entry.attempt} is in hand elsewhere, or was when a worker died",
                    until=max(entry.expires_at, now),
                )
            if entry.state is State.AMBIGUOUS and not may_retry:
                raise ambiguous(entry, CallNote.of(entry).detail)

    def corrections(self, model: Model, text_digest: str) -> tuple[Correction, ...]:
        """Return what the model was told of this text, or was about to be told, when a worker stopped."""
        return tuple(
            Correction((entry.result or b"").decode(errors="replace"), CallNote.of(entry).detail or "")
            for entry in self._round
            if entry.model == model.name and CallNote.of(entry).text == text_digest
        )

    @cached_property
    def _round(self) -> list[Entry]:
        """The answers that were not accepted since the last time that it was given up.

        Who replays an event that was given up wants it tried anew.
        """
        found: list[Entry] = []
        for entry in self.attempts:
            if entry.outcome in _UNACCEPTED:
                found = [] if CallNote.of(entry).gave_up else [*found, entry]
        return found


def ambiguous(entry: Entry, reason: str | None) -> AmbiguousCall:
    """Say what is not known and why, and who decides."""
    return AmbiguousCall(
        f"call {entry.entry_id} of model {entry.model} may have been billed, up to "
        f"{usd(entry.reserved_micros)}, and its answer is lost: "
        f"{reason or 'its worker was not heard of again'}. Say what it cost with "
        f'"brickline budget resolve {entry.entry_id}" and replay the event, or set on_ambiguous = "retry" '
        "in the models file"
    )

"""What was spent on calls, how much of it in vain, and what was not spent because an answer was there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from brickline.budget import Ledger, ModelTotal, State
from brickline.llm_routing.books.outcome import CallOutcome

_IN_VAIN = (CallOutcome.INVALID, CallOutcome.TRUNCATED)
_ASKED_IN_VAIN = (CallOutcome.UNAVAILABLE, CallOutcome.REFUSED, CallOutcome.FAILED)


@dataclass(frozen=True, slots=True)
class Amount:
    """So many calls, and micro-dollars."""

    calls: int = 0
    micros: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.calls + other.calls, self.micros + other.micros)


@dataclass(frozen=True, slots=True)
class Wasted:
    """What was paid, or may have been, without an answer that could be used."""

    failed: Amount
    """Refused, or no answer came, with what that cost: mostly nothing."""
    not_accepted: Amount
    """Answers that were not what the task describes, and had to be put right."""
    truncated: Amount
    """Answers that were cut off."""
    lost: Amount
    """Of which nobody knew whether they were billed, until an operator said that they were."""
    ambiguous: Amount
    """Of which nobody knows; the most they can have cost, which is held."""

    @property
    def paid_micros(self) -> int:
        """What is known to have been paid."""
        return sum(each.micros for each in (self.failed, self.not_accepted, self.truncated, self.lost))


@dataclass(frozen=True, slots=True)
class Saved:
    """What would have been paid for answers that were there."""

    cache: Amount
    """An equal question had been answered."""
    ledger: Amount
    """A redelivered event read its own answer back."""
    duplicates: Amount
    """An event that was done came again, and was skipped."""

    @property
    def micros(self) -> int:
        """All of it."""
        return self.cache.micros + self.ledger.micros + self.duplicates.micros


@dataclass(frozen=True, slots=True)
class Spending:
    """The calls since some time."""

    since: datetime
    made: Amount
    """Every call that was made, and what they cost."""
    by_model: Mapping[str, Amount]
    """The same by name of model, the dearest first."""
    wasted: Wasted
    saved: Saved


async def read_spending(ledger: Ledger, since: datetime, duplicates: Mapping[UUID, int]) -> Spending:
    """Add up the calls opened at `since` or later; `duplicates` is how often each event came in vain."""
    totals = await ledger.by_model(since)
    costs = await ledger.costs_of(duplicates) if duplicates else {}
    return Spending(
        since=since,
        made=_sum(_made(each) for each in totals),
        by_model=_by_model(totals),
        wasted=_wasted(totals),
        saved=Saved(
            cache=_sum(Amount(each.entries, each.saved_micros) for each in totals if _is_cached(each)),
            ledger=_sum(Amount(each.reused, each.reused_micros) for each in totals),
            duplicates=_sum(
                Amount(duplicates[event_id], duplicates[event_id] * cost) for event_id, cost in costs.items()
            ),
        ),
    )


def _wasted(totals: Iterable[ModelTotal]) -> Wasted:
    parts = dict.fromkeys(("failed", "not_accepted", "truncated", "lost", "ambiguous"), Amount())
    for total in totals:
        for name, amount in _waste_of(total).items():
            parts[name] += amount
    return Wasted(**parts)


def _waste_of(total: ModelTotal) -> dict[str, Amount]:
    asked_in_vain = total.outcome in _ASKED_IN_VAIN
    whole = Amount(total.entries, total.cost_micros)
    if total.state is State.AMBIGUOUS:
        return {"ambiguous": Amount(total.entries, total.held_micros)}
    if total.state is State.RELEASED and asked_in_vain:
        return {"failed": whole}
    if total.state is not State.SETTLED or total.outcome == CallOutcome.ANSWERED or _is_cached(total):
        return {}
    if total.outcome in _IN_VAIN:
        return {"truncated" if total.outcome == CallOutcome.TRUNCATED else "not_accepted": whole}
    if total.outcome == CallOutcome.REFUSED:
        return {"failed": whole}
    # What is billed without an end of its own, an operator has resolved; what is free was never in doubt.
    free = Amount(total.entries - total.billed if asked_in_vain else 0)
    return {"lost": Amount(total.billed, total.cost_micros), "failed": free}


def _by_model(totals: Iterable[ModelTotal]) -> dict[str, Amount]:
    found: dict[str, Amount] = {}
    for total in totals:
        amount = _made(total)
        if amount.calls:
            found[total.model] = found.get(total.model, Amount()) + amount
    return dict(sorted(found.items(), key=lambda each: -each[1].micros))


def _made(total: ModelTotal) -> Amount:
    """Count what a model was asked, or may have been."""
    never = total.state is State.RESERVED or (
        total.state is State.RELEASED and total.outcome not in _ASKED_IN_VAIN
    )
    return Amount() if never or _is_cached(total) else Amount(total.entries, total.cost_micros)


def _is_cached(total: ModelTotal) -> bool:
    return total.outcome == CallOutcome.CACHED


def _sum(amounts: Iterable[Amount]) -> Amount:
    whole = Amount()
    for amount in amounts:
        whole += amount
    return whole

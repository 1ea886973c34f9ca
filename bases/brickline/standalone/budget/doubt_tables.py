"""Calls of which nobody knows whether they were billed, as a person reads them, and as JSON."""

from collections.abc import Sequence

from brickline.budget import Entry
from brickline.events import Letter, LetterState
from brickline.standalone.budget.resolving import Resolved
from brickline.standalone.money import as_usd, usd
from brickline.standalone.plain import at, lines, print_rows, print_whole, say


def show(calls: Sequence[Entry]) -> None:
    """Print the calls, a row each, and what to do about them."""
    if not calls:
        say("No call is ambiguous.")
        return
    rows = [
        (
            lines(str(call.entry_id), f"since {at(call.dispatched_at or call.opened_at)}"),
            lines(call.tenant, f"{call.step}, attempt {call.attempt}", f"event {call.event_id}"),
            lines(call.model),
            lines(usd(call.reserved_micros)),
        )
        for call in calls
    ]
    print_rows(("Call", "For", "Model", "Held"), rows)
    say(
        "Look up at the provider what each was billed, then: "
        "brickline budget resolve ID --billed-usd AMOUNT, or --not-billed."
    )


def print_json(calls: Sequence[Entry]) -> None:
    """Print the same as one JSON object."""
    print_whole({"calls": [_as_json(call) for call in calls]})


def show_resolved(resolved: Resolved) -> None:
    """Say what was booked, and how the event gets its answer."""
    call, billed = resolved.call, resolved.billed_micros
    held = usd(call.reserved_micros)
    if billed:
        more = ", which is more than was held" if billed > call.reserved_micros else ""
        say(f"Settled call {call.entry_id} at {usd(billed)}{more}; the {held} held for it are free again.")
    else:
        say(f"Released call {call.entry_id} as not billed: the {held} held for it are free again.")
    say(_what_now(call, resolved.letter))


def print_resolved_json(resolved: Resolved) -> None:
    """Print the same as one JSON object."""
    letter = resolved.letter
    print_whole(
        {
            **_as_json(resolved.call),
            "billed_usd": as_usd(resolved.billed_micros),
            "dead_letter": None
            if letter is None
            else {"dead_letter_id": str(letter.dead_letter_id), "state": letter.state.value},
        }
    )


def _what_now(call: Entry, letter: Letter | None) -> str:
    if letter is None:
        return (
            f"No dead letter of its event {call.event_id} is known, so the event may yet be tried again by "
            f"itself: brickline trace {call.trace_id} tells."
        )
    if letter.state is LetterState.DEAD:
        return f"Its answer is lost. To have it asked again: brickline dlq replay {letter.dead_letter_id}"
    return f"The dead letter of its event, {letter.dead_letter_id}, was {letter.state} before."


def _as_json(call: Entry) -> dict[str, object]:
    return {
        "call_id": call.entry_id,
        "tenant": call.tenant,
        "event_id": str(call.event_id),
        "trace_id": call.trace_id,
        "step": call.step,
        "attempt": call.attempt,
        "model": call.model,
        "held_usd": as_usd(call.reserved_micros),
        "since": (call.dispatched_at or call.opened_at).isoformat(),
        "outcome": call.outcome,
    }

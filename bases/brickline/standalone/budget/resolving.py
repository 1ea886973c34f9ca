"""`brickline budget resolve`: what an ambiguous call cost, and which event is to be replayed."""

from collections.abc import Mapping
from dataclasses import dataclass

from brickline.budget import BudgetError, Entry, Ledger, State
from brickline.events import DeadLetterDesk, DeadLettered, Letter, read_timeline
from brickline.persistence import Database
from brickline.standalone.ledger_database import Found
from brickline.standalone.money import read_usd, usd
from brickline.standalone.wrong_option import WrongOption

_FAR_MORE = 10


class NotAmbiguous(BudgetError):
    """Raised for a call of which it is known what it cost, and for one that is not there."""


class FarMoreThanHeld(BudgetError):
    """Raised for an amount that looks like a slip: what is booked is booked."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A call that nothing is held for any more."""

    call: Entry
    """As it was."""
    billed_micros: int
    letter: Letter | None
    """What its event became when the answer was lost; None: no dead letter is known."""


def billed_micros(billed_usd: str | None, *, not_billed: bool) -> int:
    """Return what the options say. Raises `WrongOption`."""
    if not_billed == (billed_usd is not None):
        raise WrongOption("Say what was billed: either --billed-usd AMOUNT or --not-billed.")
    return 0 if billed_usd is None else read_usd("--billed-usd", billed_usd)


async def resolve(found: Found, call_id: int, billed_micros: int, *, even_so: bool) -> Resolved:
    """Book what was billed, and look for the dead letter. Raises `NotAmbiguous` or `FarMoreThanHeld`."""
    ledger = Ledger(found.ledger)
    call = await ledger.entry(call_id)
    if call is None:
        raise NotAmbiguous(f"There is no call {call_id}: `brickline budget ambiguous` lists those in doubt.")
    if billed_micros > _FAR_MORE * call.reserved_micros and not even_so:
        raise FarMoreThanHeld(
            f"At most {usd(call.reserved_micros)} was held for the call {call_id}, and {usd(billed_micros)} "
            f"is over {_FAR_MORE} times that. Nothing was done. If that is what was billed, say --even-so."
        )
    if not await ledger.resolve(call_id, billed_micros):
        raise NotAmbiguous(_known(await ledger.entry(call_id) or call))
    return Resolved(call, billed_micros, await _letter(found.services, call))


def _known(call: Entry) -> str:
    if call.state is State.SETTLED:
        why = "it is settled, and what it cost is known"
    elif call.state is State.RELEASED:
        why = "it was released, and cost nothing"
    else:
        why = f"a worker has it in hand, until {call.expires_at:%Y-%m-%dT%H:%M:%SZ} at the latest"
    return f"The call {call.entry_id} is not ambiguous: {why}. Nothing was done."


async def _letter(services: Mapping[str, Database], call: Entry) -> Letter | None:
    """Return the newest dead letter of the call's event."""
    letters = [
        step.dead_letter_id
        for step in await read_timeline(services, call.trace_id)
        if isinstance(step, DeadLettered) and step.event_id == call.event_id
    ]
    return await DeadLetterDesk(services).show(letters[-1]) if letters else None

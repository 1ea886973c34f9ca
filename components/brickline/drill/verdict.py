"""What every figure of a drill must be."""

from brickline.drill.errors import FiguresOff
from brickline.drill.records import Broken, Check, Incident, Mended

PAUSES_AT = 20
"""The unreadable event that pauses the group, in a row; those before it are dead letters, and no alarm.

Stated here too, and not read from the code that is judged.
"""


def judge(events: int, broken: Broken, mended: Mended) -> tuple[Check, ...]:
    """Compare each figure with what it must be for so many events."""
    pauses = events >= PAUSES_AT
    return (
        _equal("documents accepted", events, broken.accepted),
        _flag("group paused", wanted=pauses, measured=broken.paused),
        _flag("worker ready before the fix", wanted=not pauses, measured=broken.ready),
        _equal("dead letters", min(events, PAUSES_AT - 1), broken.dead_letters),
        _equal("waiting, or dead letters", events, broken.waiting + broken.dead_letters),
        _equal("lost", 0, broken.lost),
        _equal("LLM calls while broken", 0, broken.llm_calls),
        _pause_ended(broken, mended, wanted=pauses),
        _flag("worker ready after the fix", wanted=True, measured=mended.ready),
        _equal("dead letters replayed", broken.dead_letters, mended.replayed),
        _equal("canaries settled", 1, mended.canaries_settled),
        _equal("events settled by the worker's group", events, mended.settled),
        _equal("LLM calls", events, mended.llm_calls),
        _equal("LLM calls repeated", 0, mended.llm_calls_repeated),
        _equal("insights kept", events, mended.analysed),
        _equal("analyses reported", events, mended.report_events),
        _equal("reports", events, mended.reports),
        _equal("documents at their end", events, mended.jobs_reported),
        _equal("dead letters left open", 0, mended.open_dead_letters),
        _equal("left in outboxes", 0, mended.waiting),
    )


def require_passed(found: Incident) -> None:
    """Raise `FiguresOff`, naming each figure that is not as it must be."""
    wrong = [check for check in found.checks if not check.ok]
    if wrong:
        told = "; ".join(f"{each.figure}: {each.measured} instead of {each.wanted}" for each in wrong)
        raise FiguresOff(f"{len(wrong)} of {len(found.checks)} figures are not as they must be: {told}")


def _equal(figure: str, wanted: int, measured: int) -> Check:
    return Check(figure=figure, wanted=f"{wanted:,}", measured=f"{measured:,}", ok=measured == wanted)


def _flag(figure: str, *, wanted: bool, measured: bool) -> Check:
    says = {True: "yes", False: "no"}
    return Check(figure=figure, wanted=says[wanted], measured=says[measured], ok=measured is wanted)


def _pause_ended(broken: Broken, mended: Mended, *, wanted: bool) -> Check:
    check = _flag("pause ended by the deploy", wanted=wanted, measured=mended.pause_ended)
    if wanted or broken.paused:
        return check
    return check.model_copy(update={"wanted": "no pause", "measured": "no pause"})

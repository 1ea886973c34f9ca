"""A drill passes only if every figure is as it must be."""

from typing import Any

import pytest

from brickline.drill import Broken, FiguresOff, Incident, Mended, require_passed
from brickline.drill.verdict import PAUSES_AT, judge

EVENTS = 14_000
BROKEN = Broken(
    accepted=EVENTS,
    paused=True,
    paused_after_s=0.5,
    readiness="group analysis is paused",
    ready=False,
    dead_letters=PAUSES_AT - 1,
    waiting=EVENTS - PAUSES_AT + 1,
    lost=0,
    llm_calls=0,
)
MENDED = Mended(
    pause_ended=True,
    ready=True,
    canaries_settled=1,
    replayed=PAUSES_AT - 1,
    replay_rate=50,
    settled=EVENTS,
    llm_calls=EVENTS,
    llm_calls_repeated=0,
    analysed=EVENTS,
    report_events=EVENTS,
    reports=EVENTS,
    jobs_reported=EVENTS,
    open_dead_letters=0,
    waiting=0,
)


def wrong(
    events: int = EVENTS, broken: dict[str, Any] | None = None, mended: dict[str, Any] | None = None
) -> list[str]:
    """The figures found wrong after some were changed."""
    checks = judge(events, BROKEN.model_copy(update=broken), MENDED.model_copy(update=mended))
    return [check.figure for check in checks if not check.ok]


def test_a_good_drill_has_no_wrong_figure() -> None:
    assert wrong() == []


@pytest.mark.parametrize(
    ("changed", "figure"),
    [
        ({"accepted": EVENTS - 1}, "documents accepted"),
        ({"paused": False}, "group paused"),
        ({"ready": True}, "worker ready before the fix"),
        ({"waiting": BROKEN.waiting - 1}, "waiting, or dead letters"),
        ({"lost": 1}, "lost"),
        ({"llm_calls": 1}, "LLM calls while broken"),
    ],
)
def test_each_figure_of_the_broken_state_counts(changed: dict[str, Any], figure: str) -> None:
    assert wrong(broken=changed) == [figure]


@pytest.mark.parametrize("letters", [PAUSES_AT - 2, PAUSES_AT])
def test_a_pause_that_comes_too_early_or_too_late_is_wrong(letters: int) -> None:
    buried = {"dead_letters": letters, "waiting": EVENTS - letters}
    assert wrong(broken=buried, mended={"replayed": letters}) == ["dead letters"]


@pytest.mark.parametrize(
    ("changed", "figure"),
    [
        ({"pause_ended": False}, "pause ended by the deploy"),
        ({"ready": False}, "worker ready after the fix"),
        ({"canaries_settled": 0}, "canaries settled"),
        ({"replayed": 0}, "dead letters replayed"),
        ({"settled": EVENTS - 1}, "events settled by the worker's group"),
        ({"llm_calls": EVENTS + 1}, "LLM calls"),
        ({"llm_calls_repeated": 1}, "LLM calls repeated"),
        ({"analysed": EVENTS - 1}, "insights kept"),
        ({"report_events": EVENTS + 1}, "analyses reported"),
        ({"reports": EVENTS - 1}, "reports"),
        ({"jobs_reported": EVENTS - 1}, "documents at their end"),
        ({"open_dead_letters": 1}, "dead letters left open"),
        ({"waiting": 1}, "left in outboxes"),
    ],
)
def test_each_figure_of_the_mended_state_counts(changed: dict[str, Any], figure: str) -> None:
    assert wrong(mended=changed) == [figure]


def test_figures_of_a_pause_say_so_where_there_are_too_few_events_for_one() -> None:
    few = PAUSES_AT - 1
    broken = BROKEN.model_copy(
        update={"accepted": few, "paused": False, "ready": True, "dead_letters": few, "waiting": 0}
    )
    checks = {
        each.figure: each for each in judge(few, broken, MENDED.model_copy(update={"pause_ended": False}))
    }
    assert checks["group paused"].ok
    ended = checks["pause ended by the deploy"]
    assert (ended.measured, ended.wanted, ended.ok) == ("no pause", "no pause", True)
    unwanted = broken.model_copy(update={"paused": True})
    assert "group paused" in [each.figure for each in judge(few, unwanted, MENDED) if not each.ok]


def incident(mended: Mended) -> Incident:
    checks = judge(EVENTS, BROKEN, mended)
    passed = all(check.ok for check in checks)
    return Incident(events=EVENTS, broken=BROKEN, mended=mended, seconds={}, checks=checks, passed=passed)


def test_a_drill_with_wrong_figures_fails_and_names_each() -> None:
    require_passed(incident(MENDED))
    two_wrong = MENDED.model_copy(update={"llm_calls": EVENTS + 9, "waiting": 1})
    with pytest.raises(
        FiguresOff, match=r"^2 of 20 .*LLM calls: 14,009 instead of 14,000; left in outboxes: 1"
    ):
        require_passed(incident(two_wrong))

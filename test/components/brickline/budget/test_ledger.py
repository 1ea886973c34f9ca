"""The way of a call through the ledger, one step at a time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from brickline.budget import (
    Budgets,
    CallInFlight,
    Ledger,
    NotDispatched,
    OverBudget,
    Period,
    Scope,
    State,
    Swept,
)

MakeWish = Any
DAY = (Scope.overall(), Period.DAY)


async def money(budgets: Budgets) -> tuple[int, int]:
    """Spent and held, of the one limit there is."""
    (line,) = await budgets.show()
    return line.spent_micros, line.held_micros


async def state_of(ledger: Ledger, wish: MakeWish) -> State:
    (entry,) = (await ledger.look(wish.tenant, wish.event_id, wish.step, [], 60)).attempts
    return entry.state


async def test_what_is_reserved_is_held_and_what_it_cost_is_spent(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    entry = await ledger.reserve(wish(600))
    assert await money(budgets) == (0, 600)
    assert await ledger.dispatch(entry.entry_id, 60)
    assert await money(budgets) == (0, 600)
    assert await ledger.settle(entry.entry_id, 250, outcome="answered", result=b"{}")
    assert await money(budgets) == (250, 0)


async def test_an_entry_is_read_back_as_it_was_written(ledger: Ledger, wish: MakeWish) -> None:
    wanted = wish(600, fingerprint=b"same")
    reserved = await ledger.reserve(wanted)
    assert (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts == (reserved,)
    await ledger.dispatch(reserved.entry_id, 60)
    await ledger.settle(
        reserved.entry_id, 7, outcome="answered", result=b"\x00\xff", note={"seconds": 1.5, "task": "other"}
    )
    (entry,) = (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts
    assert (entry.state, entry.outcome, entry.cost_micros) == (State.SETTLED, "answered", 7)
    assert (entry.result, entry.note) == (b"\x00\xff", {"task": "other", "seconds": 1.5})
    assert entry.dispatched_at is not None
    assert entry.closed_at is not None
    assert reserved.opened_at == entry.opened_at <= entry.dispatched_at <= entry.closed_at


async def test_a_call_that_was_not_billed_gives_back_what_it_held(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    reserved, dispatched = await ledger.reserve(wish(300)), await ledger.reserve(wish(300))
    await ledger.dispatch(dispatched.entry_id, 60)
    for entry in (reserved, dispatched):
        assert await ledger.release(entry.entry_id, outcome="unavailable")
        assert not await ledger.release(entry.entry_id, outcome="unavailable")
    assert await money(budgets) == (0, 0)


async def test_a_doubtful_call_stays_held_until_somebody_knows(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    billed, unbilled = await ledger.reserve(wish(300)), await ledger.reserve(wish(400))
    for entry in (billed, unbilled):
        assert not await ledger.doubt(entry.entry_id, outcome="timeout"), "it cannot have been billed"
        await ledger.dispatch(entry.entry_id, 60)
        assert await ledger.doubt(entry.entry_id, outcome="timeout", note={"detail": "stalled"})
    assert [entry.entry_id for entry in await ledger.ambiguous()] == [billed.entry_id, unbilled.entry_id]
    assert await money(budgets) == (0, 700)
    assert await ledger.resolve(billed.entry_id, 120)
    assert await ledger.resolve(unbilled.entry_id, 0)
    assert not await ledger.resolve(billed.entry_id, 999)
    assert await money(budgets) == (120, 0)
    assert await ledger.ambiguous() == ()


async def test_who_hears_late_that_a_call_was_not_billed_releases_it(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    entry = await ledger.open(wish(300), 60)
    await ledger.doubt(entry.entry_id, outcome="expired")
    assert await ledger.release(entry.entry_id, outcome="unavailable")
    assert not await ledger.release(entry.entry_id, outcome="unavailable")
    assert await money(budgets) == (0, 0)


async def test_opening_reserves_and_dispatches_at_once(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    wanted = wish(300)
    entry = await ledger.open(wanted, 60)
    assert (entry.state, entry.entry_id) == (State.DISPATCHED, wanted.entry_id)
    (kept,) = (await ledger.look(wanted.tenant, wanted.event_id, wanted.step, [], 60)).attempts
    assert (kept.state, kept.dispatched_at, kept.expires_at) == (
        State.DISPATCHED,
        entry.dispatched_at,
        entry.expires_at,
    )
    assert await money(budgets) == (0, 300)
    with pytest.raises(OverBudget):
        await ledger.open(wish(701), 60)
    with pytest.raises(CallInFlight):
        await ledger.open(wanted, 60)


async def test_an_answer_that_comes_after_all_settles_a_doubtful_call(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    entry = await ledger.reserve(wish(300))
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.doubt(entry.entry_id, outcome="expired")
    assert await ledger.settle(entry.entry_id, 200, outcome="answered", result=b"{}")
    assert await money(budgets) == (200, 0)


async def test_settling_twice_is_settling_once(ledger: Ledger, budgets: Budgets, wish: MakeWish) -> None:
    await budgets.set_limit(*DAY, 1000)
    wanted = wish(300)
    entry = await ledger.reserve(wanted)
    await ledger.dispatch(entry.entry_id, 60)
    assert await ledger.settle(entry.entry_id, 200, outcome="answered", result=b"first")
    assert not await ledger.settle(entry.entry_id, 250, outcome="answered", result=b"second")
    assert await money(budgets) == (200, 0)
    (kept,) = (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts
    assert kept.result == b"first"


async def test_what_a_call_cost_beyond_its_reservation_is_a_debt(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 1000)
    entry = await ledger.reserve(wish(900))
    await ledger.dispatch(entry.entry_id, 60)
    assert await ledger.settle(entry.entry_id, 1500, outcome="answered")
    assert await money(budgets) == (1500, 0)
    with pytest.raises(OverBudget) as refused:
        await ledger.reserve(wish(1))
    assert (refused.value.by, refused.value.spent_micros) == ("spend", 1500)


@pytest.mark.parametrize("way", ["unknown", "reserved", "released"])
async def test_a_call_that_was_never_sent_cannot_be_settled(
    ledger: Ledger, budgets: Budgets, wish: MakeWish, way: str
) -> None:
    await budgets.set_limit(*DAY, 1000)
    entry_id = 12345
    if way != "unknown":
        entry_id = (await ledger.reserve(wish(900))).entry_id
    if way == "released":
        await ledger.release(entry_id, outcome="refused")
    before = await money(budgets)
    with pytest.raises(NotDispatched, match=way):
        await ledger.settle(entry_id, 5, outcome="answered")
    assert await money(budgets) == before


async def test_a_second_worker_on_the_same_call_is_told_that_it_is_in_hand(
    ledger: Ledger, wish: MakeWish
) -> None:
    event_id = uuid4()
    entry = await ledger.reserve(wish(event_id=event_id))
    with pytest.raises(CallInFlight) as refused:
        await ledger.reserve(wish(event_id=event_id))
    assert refused.value.until == entry.expires_at
    await ledger.reserve(wish(event_id=event_id, attempt=2))


async def test_an_attempt_that_has_ended_is_not_made_again(ledger: Ledger, wish: MakeWish) -> None:
    wanted = wish()
    entry = await ledger.reserve(wanted)
    await ledger.release(entry.entry_id, outcome="refused")
    with pytest.raises(CallInFlight) as refused:
        await ledger.reserve(wanted)
    assert refused.value.until <= entry.expires_at


async def test_one_question_is_in_one_hand_at_a_time(ledger: Ledger, wish: MakeWish) -> None:
    first = await ledger.reserve(wish(fingerprint=b"same"))
    for step in (None, ledger.dispatch(first.entry_id, 60)):
        if step is not None:
            await step
        with pytest.raises(CallInFlight):
            await ledger.reserve(wish(fingerprint=b"same"))
    await ledger.reserve(wish(fingerprint=b"other"))
    await ledger.reserve(wish(fingerprint=b"same", tenant="umbrella"))
    await ledger.settle(first.entry_id, 5, outcome="invalid")
    await ledger.reserve(wish(fingerprint=b"same"))


async def test_a_call_in_hand_is_told_before_a_budget_that_it_fills(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 100)
    await ledger.reserve(wish(100, fingerprint=b"same"))
    with pytest.raises(CallInFlight):
        await ledger.reserve(wish(100, fingerprint=b"same"))


async def test_answers_are_shared_within_a_tenant_while_they_are_young(
    ledger: Ledger, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T12:00")
    older = await ledger.reserve(wish(fingerprint=b"a"))
    await ledger.dispatch(older.entry_id, 60)
    await ledger.settle(older.entry_id, 5, outcome="answered", result=b"older")
    await clock.set("2026-03-01T12:10")
    for fingerprint, outcome, result in (
        (b"a", "answered", b"newer"),
        (b"b", "invalid", b"wrong"),
        (b"c", "answered", None),
        (b"d", "answered", b"d"),
    ):
        entry = await ledger.reserve(wish(fingerprint=fingerprint))
        await ledger.dispatch(entry.entry_id, 60)
        await ledger.settle(entry.entry_id, 5, outcome=outcome, result=result)
    asked = [b"d", b"c", b"b", b"a", b"nobody"]
    looked = await ledger.look("acme", uuid4(), "insights", asked, 60)
    assert [entry.result for entry in looked.shared] == [b"d", b"newer"]
    assert looked.attempts == ()
    assert (await ledger.look("umbrella", uuid4(), "insights", asked, 60)).shared == ()
    await clock.set("2026-03-01T12:11")
    assert (await ledger.look("acme", uuid4(), "insights", asked, 60)).shared == ()


async def test_attempts_are_read_oldest_first(ledger: Ledger, wish: MakeWish) -> None:
    event_id = uuid4()
    for attempt in (3, 1, 2):
        await ledger.reserve(wish(event_id=event_id, attempt=attempt))
    looked = await ledger.look("acme", event_id, "insights", [], 60)
    assert [entry.attempt for entry in looked.attempts] == [1, 2, 3]


async def test_what_a_dead_worker_left_is_swept(
    ledger: Ledger, budgets: Budgets, clock: Any, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 10_000)
    await clock.set("2026-03-01T12:00")
    never_sent, sent, young = wish(100, lease_s=10), wish(200, lease_s=10), wish(400, lease_s=100)
    left = await ledger.reserve(never_sent)
    await ledger.dispatch((await ledger.reserve(sent)).entry_id, 20)
    await ledger.reserve(young)
    await clock.set("2026-03-01T12:00:09")
    assert await ledger.sweep() == Swept(released=0, ambiguous=0)
    await clock.set("2026-03-01T12:00:10")
    assert await ledger.sweep() == Swept(released=1, ambiguous=0)
    assert not await ledger.dispatch(left.entry_id, 60)
    await clock.set("2026-03-01T12:00:20")
    assert await ledger.sweep() == Swept(released=0, ambiguous=1)
    assert await ledger.sweep() == Swept(released=0, ambiguous=0)
    states = [await state_of(ledger, each) for each in (never_sent, sent, young)]
    assert states == [State.RELEASED, State.AMBIGUOUS, State.RESERVED]
    assert [entry.outcome for entry in await ledger.ambiguous()] == ["expired"]


async def test_results_are_forgotten_after_their_time_and_nothing_else_is(
    ledger: Ledger, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T12:00")
    wanted = wish(fingerprint=b"a")
    entry = await ledger.reserve(wanted)
    await ledger.dispatch(entry.entry_id, 60)
    await ledger.settle(entry.entry_id, 5, outcome="answered", result=b"kept")
    for moment, result in (("2026-03-31T11:59", b"kept"), ("2026-03-31T12:00", None)):
        await clock.set(moment)
        await ledger.sweep()
        (kept,) = (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts
        assert (kept.result, kept.cost_micros, kept.note) == (result, 5, {"task": "insights"})
    assert (await ledger.look("acme", uuid4(), "insights", [b"a"], 10**8)).shared == ()


async def test_a_free_call_is_recorded_once_and_touches_no_budget(
    ledger: Ledger, budgets: Budgets, wish: MakeWish
) -> None:
    await budgets.set_limit(*DAY, 0)
    wanted = wish(900)
    assert await ledger.record(wanted, outcome="cached", result=b"{}", saved_micros=40, note={"of": 1})
    assert not await ledger.record(wanted, outcome="cached", result=b"{}")
    (entry,) = (await ledger.look("acme", wanted.event_id, "insights", [], 60)).attempts
    assert (entry.state, entry.cost_micros, entry.reserved_micros) == (State.SETTLED, 0, 0)
    assert (entry.saved_micros, entry.result, entry.note) == (40, b"{}", {"task": "insights", "of": 1})
    assert await money(budgets) == (0, 0)


async def test_the_totals_say_what_was_spent_is_held_and_was_saved(ledger: Ledger, wish: MakeWish) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    event_id = uuid4()
    for attempt, outcome, cost in ((1, "invalid", 30), (2, "answered", 50)):
        entry = await ledger.reserve(wish(event_id=event_id, attempt=attempt))
        await ledger.dispatch(entry.entry_id, 60)
        await ledger.settle(entry.entry_id, cost, outcome=outcome, result=b"{}")
    await ledger.reused(entry.entry_id)
    await ledger.reused(entry.entry_id)
    await ledger.reserve(wish(77))
    await ledger.record(wish(), outcome="cached", saved_micros=50)
    totals = {(each.state, each.outcome, each.repeated): each for each in await ledger.totals(began)}
    assert len(totals) == 4
    answered = totals[State.SETTLED, "answered", True]
    assert (answered.entries, answered.cost_micros, answered.reused, answered.reused_micros) == (
        1,
        50,
        2,
        100,
    )
    assert totals[State.SETTLED, "invalid", False].cost_micros == 30
    assert totals[State.SETTLED, "cached", False].saved_micros == 50
    assert totals[State.RESERVED, None, False].held_micros == 77
    assert await ledger.totals(datetime.now(UTC) + timedelta(hours=1)) == ()


async def test_calls_are_read_in_the_order_of_time_of_a_trace_and_since_a_moment(
    ledger: Ledger, clock: Any, wish: MakeWish
) -> None:
    opened = []
    for moment in ("2026-03-01T12:00", "2026-03-01T12:01", "2026-03-01T12:02"):
        await clock.set(moment)
        opened.append((await ledger.reserve(wish())).entry_id)
    assert [entry.entry_id for entry in await ledger.of_trace("c0ffee" + "0" * 26)] == opened
    assert await ledger.of_trace("0" * 32) == ()
    since = datetime(2026, 3, 1, 12, 1, tzinfo=UTC)
    assert [entry.entry_id async for entry in ledger.since(since)] == opened[1:]


async def test_a_question_that_was_answered_since_the_caller_looked_is_not_asked_again(
    ledger: Ledger, clock: Any, wish: MakeWish
) -> None:
    await clock.set("2026-03-01T12:00")
    first = await ledger.reserve(wish(fingerprint=b"same"))
    await ledger.dispatch(first.entry_id, 60)
    await ledger.settle(first.entry_id, 5, outcome="answered", result=b"{}")
    late = replace(wish(fingerprint=b"same"), share_s=60)
    with pytest.raises(CallInFlight) as refused:
        await ledger.reserve(late)
    assert refused.value.until == first.opened_at, "it can look at once"
    knows_and_cannot_use_it = replace(late, answer_seen=first.entry_id)
    await ledger.release((await ledger.reserve(knows_and_cannot_use_it)).entry_id, outcome="refused")
    await clock.set("2026-03-01T12:01")
    await ledger.reserve(replace(wish(fingerprint=b"same"), share_s=60))

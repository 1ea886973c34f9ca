"""A replay sends a dead letter's event to its group again, once, under its own ids, or changes nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from brickline.events import (
    CanaryOutcome,
    DeadLetterError,
    LetterClosed,
    LetterFilter,
    LetterState,
    ReplayOrder,
    RetryPolicy,
    UnknownLetter,
    UnknownService,
    WrongRequest,
)
from support.graveyard import Clinic, bury_orders, desk_of, letters, mourner, until_dead
from support.shop import ORIGIN, Shop, consumer
from support.waiting import eventually

EVERY = LetterFilter()
AT_ONCE = ReplayOrder(by="ann", canary=False)


async def test_a_replayed_event_keeps_its_event_and_trace_ids_and_has_its_effect(memory_shop: Shop) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    [before] = await letters(memory_shop)
    report = await desk_of(memory_shop).replay(LetterFilter(ids=(letter_id,)), AT_ONCE)
    [row] = [row for row in await memory_shop.waiting() if row["group_id"] == "orders"]
    assert (row["event_id"], row["trace_id"], row["attempt"]) == (before.event_id, ORIGIN.trace_id, 1)
    assert report.replayed == 1
    clinic = Clinic()
    clinic.all_cured = True
    async with memory_shop.running(clinic.consumer(), mourner()):
        await eventually(lambda: has_effects(memory_shop, [1]))


async def has_effects(shop: Shop, numbers: list[int]) -> bool:
    return await shop.effects() == numbers


async def test_a_replay_says_who_did_it_and_when_and_the_letter_is_kept(memory_shop: Shop) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    await desk_of(memory_shop).replay(EVERY, AT_ONCE)
    detail = await desk_of(memory_shop).show(letter_id)
    [death] = detail.lineage
    assert (detail.state, detail.closed_by) == (LetterState.REPLAYED, "ann")
    assert death.replay is not None
    assert (death.replay.replayed_by, death.replay.edited, death.replay.body) == ("ann", False, None)
    assert death.replay.replayed_at == detail.closed_at


async def test_a_replayed_event_that_dies_again_makes_a_new_letter_that_names_the_old(
    memory_shop: Shop,
) -> None:
    [first] = (await bury_orders(memory_shop, 1)).values()
    async with memory_shop.running(Clinic().consumer(), mourner()):
        await desk_of(memory_shop).replay(EVERY, AT_ONCE)
        [second] = await until_dead(memory_shop, 1)
        await desk_of(memory_shop).replay(EVERY, AT_ONCE)
        await eventually(lambda: count_is(memory_shop, 3))
        [third] = await until_dead(memory_shop, 1)
    assert second.came_from == first
    assert third.came_from == second.dead_letter_id
    for letter in await letters(memory_shop):
        lineage = (await desk_of(memory_shop).show(letter.dead_letter_id)).lineage
        assert [death.dead_letter_id for death in lineage] == [
            first,
            second.dead_letter_id,
            third.dead_letter_id,
        ]


async def count_is(shop: Shop, count: int) -> bool:
    return len(await letters(shop)) == count


async def test_two_replays_at_the_same_time_do_it_once(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, *range(20))
    desk = desk_of(memory_shop)
    reports = await asyncio.gather(*(desk.replay(EVERY, AT_ONCE) for _ in range(6)))
    assert sum(report.replayed for report in reports) == 20
    sent = [row["event_id"] for row in await memory_shop.waiting()]
    assert len(sent) == len(set(sent)) == 20


async def test_a_replay_that_fails_in_its_transaction_leaves_the_letter_dead_and_nothing_sent(
    memory_shop: Shop,
) -> None:
    await bury_orders(memory_shop, 1)
    settled = await memory_shop.settled()
    await memory_shop.rows("alter table outbox add constraint no_more check (attempt > 99) not valid")
    with pytest.raises(asyncpg.CheckViolationError):
        await desk_of(memory_shop).replay(EVERY, AT_ONCE)
    [letter] = await letters(memory_shop)
    replays = await memory_shop.rows("select * from dead_letter_replays")
    assert (letter.state, await memory_shop.settled(), replays) == (LetterState.DEAD, settled, [])
    assert await memory_shop.waiting() == []


async def test_a_dry_run_counts_by_group_and_fingerprint_and_changes_nothing(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 2, 3, 5)
    before = await letters(memory_shop)
    report = await desk_of(memory_shop).replay(EVERY, ReplayOrder(by="ann", dry_run=True))
    assert [(group.group_id, group.letters) for group in report.groups] == [("orders", 3), ("orders", 1)]
    assert len({group.fingerprint for group in report.groups}) == 2
    assert (report.replayed, report.canaries) == (0, ())
    assert await letters(memory_shop) == before
    assert await memory_shop.waiting() == []


async def test_the_others_follow_a_canary_that_is_settled(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 3, 5)
    clinic = Clinic()
    clinic.all_cured = True
    async with memory_shop.running(clinic.consumer(), mourner()):
        report = await desk_of(memory_shop).replay(EVERY, ReplayOrder(by="ann"))
        await eventually(lambda: has_effects(memory_shop, [1, 3, 5]))
    [canary] = report.canaries
    assert (canary.outcome, report.replayed, report.held_back) == (CanaryOutcome.SETTLED, 3, 0)


async def test_the_others_of_its_kind_stay_dead_when_the_canary_dies_again(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 2, 3, 4, 5, 6)
    clinic = Clinic()
    clinic.cured = {2, 4, 6}
    async with memory_shop.running(clinic.consumer(), mourner()):
        report = await desk_of(memory_shop).replay(EVERY, ReplayOrder(by="ann"))
        await eventually(lambda: has_effects(memory_shop, [2, 4, 6]))
    outcomes = sorted(canary.outcome for canary in report.canaries)
    assert outcomes == [CanaryOutcome.DEAD_AGAIN, CanaryOutcome.SETTLED]
    assert (report.replayed, report.held_back) == (4, 2)
    again = [letter for letter in await letters(memory_shop, state="dead") if letter.came_from]
    assert len(again) == 1
    assert len(await letters(memory_shop, state="dead")) == 3


async def test_a_canary_that_nobody_sends_times_out_and_says_why(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 3)
    report = await desk_of(memory_shop).replay(EVERY, ReplayOrder(by="ann", canary_timeout_s=0.2))
    [canary] = report.canaries
    assert canary.outcome is CanaryOutcome.TIMED_OUT
    assert "Does the service shop run?" in canary.detail
    assert (report.replayed, report.held_back) == (1, 1)


async def test_a_canary_that_is_tried_again_times_out_with_the_failure(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1)

    async def stumble(_event: Any, _context: Any) -> None:
        raise RuntimeError("not today")

    slow = RetryPolicy(max_attempts=5, base_s=3600, cap_s=3600)
    async with memory_shop.running(consumer(stumble, retry=slow), mourner()):
        report = await desk_of(memory_shop).replay(EVERY, ReplayOrder(by="ann", canary_timeout_s=5))
    [canary] = report.canaries
    assert canary.outcome is CanaryOutcome.TIMED_OUT
    assert "tried again" in canary.detail
    assert "not today" in canary.detail


async def test_a_rate_spaces_the_times_at_which_the_events_are_due(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, *range(5))
    await desk_of(memory_shop).replay(EVERY, ReplayOrder(by="ann", canary=False, rate=4))
    due = [row["due_at"] for row in await memory_shop.waiting()]
    assert [(later - due[0]).total_seconds() for later in due] == [0, 0.25, 0.5, 0.75, 1]


async def test_only_what_matches_the_filter_is_replayed(memory_shop: Shop) -> None:
    ids = await bury_orders(memory_shop, 1, 2, 3)
    pears = (await desk_of(memory_shop).show(ids[1])).fingerprint
    await desk_of(memory_shop).replay(LetterFilter(fingerprint=pears), AT_ONCE)
    assert {letter.dead_letter_id for letter in await letters(memory_shop, state="dead")} == {ids[2]}


async def test_what_is_buried_after_the_order_was_given_is_left_for_another_replay(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1)
    async with memory_shop.running(Clinic().consumer(), mourner()):
        report = await desk_of(memory_shop).replay(
            LetterFilter(until=datetime.now(UTC) + timedelta(days=1)), AT_ONCE
        )
        await eventually(lambda: count_is(memory_shop, 2))
    assert report.replayed == 1


@pytest.mark.parametrize("end", ["replay", "discard"])
async def test_a_letter_ends_once_and_another_one_beside_it_is_not_touched(
    memory_shop: Shop, end: str
) -> None:
    ids = await bury_orders(memory_shop, 1, 2)
    desk = desk_of(memory_shop)
    ended = LetterFilter(ids=(ids[1],))
    if end == "replay":
        await desk.replay(ended, AT_ONCE)
    else:
        await desk.discard(ended, by="ann", reason="never mind")
    both = LetterFilter(ids=(ids[1], ids[2]))
    with pytest.raises(LetterClosed, match=f"{ids[1]} was {end}"):
        await desk.replay(both, AT_ONCE)
    with pytest.raises(LetterClosed, match=f"{ids[1]} was {end}"):
        await desk.discard(both, by="ann", reason="never mind")
    assert (await desk.show(ids[2])).state is LetterState.DEAD


async def test_an_unknown_id_is_named_and_the_known_one_beside_it_is_not_touched(memory_shop: Shop) -> None:
    ids = await bury_orders(memory_shop, 1)
    unknown = uuid4()
    with pytest.raises(UnknownLetter, match=str(unknown)):
        await desk_of(memory_shop).replay(LetterFilter(ids=(ids[1], unknown)), AT_ONCE)
    with pytest.raises(UnknownLetter, match=str(unknown)):
        await desk_of(memory_shop).show(unknown)
    assert (await desk_of(memory_shop).show(ids[1])).state is LetterState.DEAD


async def test_a_service_that_is_not_there_is_named_with_those_that_are(memory_shop: Shop) -> None:
    with pytest.raises(UnknownService, match=r"'shipping'.*shop"):
        await desk_of(memory_shop).page(LetterFilter(service="shipping"))


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(WrongRequest, match="rate"):
        ReplayOrder(by="ann", rate=rate)


async def test_only_the_dead_can_be_replayed(memory_shop: Shop) -> None:
    with pytest.raises(DeadLetterError, match="discarded"):
        await desk_of(memory_shop).replay(LetterFilter(state=LetterState.DISCARDED), AT_ONCE)

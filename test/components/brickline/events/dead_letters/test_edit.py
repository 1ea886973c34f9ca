"""One letter can be replayed with another body of the same event; its own is kept."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from brickline.events import (
    CanaryOutcome,
    LetterClosed,
    LetterFilter,
    LetterState,
    Message,
    NoEventInside,
    ReplayOrder,
    UnfitEdit,
    UnknownLetter,
)
from support.graveyard import Clinic, bury_orders, desk_of, letters, mourner, until_dead
from support.shop import Ordered, Shop, message_of

AT_ONCE = ReplayOrder(by="ann", canary=False)
IN_WATCH = ReplayOrder(by="ann")


async def body_of(shop: Shop, letter_id: UUID) -> dict[str, Any]:
    return dict(json.loads((await desk_of(shop).show(letter_id)).body.text))


def encoded(body: object) -> bytes:
    return json.dumps(body).encode()


async def test_the_edited_body_is_handled_under_the_same_ids_and_the_original_is_kept(
    memory_shop: Shop,
) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    original = await body_of(memory_shop, letter_id)
    edited = {**original, "data": {"number": 8}}
    clinic = Clinic()
    clinic.cured = {8}
    async with memory_shop.running(clinic.consumer(), mourner()):
        report = await desk_of(memory_shop).replay_edited(letter_id, encoded(edited), IN_WATCH)
    [effect] = await memory_shop.rows("select event_id, number from effects")
    detail = await desk_of(memory_shop).show(letter_id)
    replay = detail.lineage[0].replay
    assert report.canaries[0].outcome is CanaryOutcome.SETTLED
    assert (str(effect["event_id"]), effect["number"]) == (original["id"], 8)
    assert json.loads(detail.body.text) == original
    assert replay is not None
    assert replay.body is not None
    assert (replay.edited, json.loads(replay.body.text)) == (True, edited)


async def test_an_edited_body_that_dies_again_makes_a_letter_that_names_the_first(memory_shop: Shop) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    edited = {**await body_of(memory_shop, letter_id), "data": {"number": 8}}
    async with memory_shop.running(Clinic().consumer(), mourner()):
        report = await desk_of(memory_shop).replay_edited(letter_id, encoded(edited), IN_WATCH)
        [again] = await until_dead(memory_shop, 1)
    assert report.canaries[0].outcome is CanaryOutcome.DEAD_AGAIN
    assert again.came_from == letter_id
    assert await body_of(memory_shop, again.dead_letter_id) == edited


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (b"not json", "not JSON"),
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not an event"),
        ({"id": str(uuid7())}, "id"),
        ({"id": "no id"}, "not an event"),
        ({"tenant": "another"}, "tenant"),
        ({"traceparent": f"00-{'e' * 32}-{'1' * 16}-01"}, "trace id"),
        ({"specversion": "2.0"}, "not an event"),
    ],
)
async def test_a_body_that_cannot_take_its_place_is_refused_and_the_letter_stays_dead(
    memory_shop: Shop, change: dict[str, str] | bytes, complaint: str
) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    body = (
        change if isinstance(change, bytes) else encoded({**await body_of(memory_shop, letter_id), **change})
    )
    settled = await memory_shop.settled()
    with pytest.raises(UnfitEdit, match=complaint):
        await desk_of(memory_shop).replay_edited(letter_id, body, AT_ONCE)
    [letter] = await letters(memory_shop)
    assert (letter.state, await memory_shop.settled()) == (LetterState.DEAD, settled)
    assert await memory_shop.waiting() == []


async def test_bytes_that_hold_no_event_can_only_be_replayed_with_another_body(memory_shop: Shop) -> None:
    clinic = Clinic()
    clinic.all_cured = True
    async with memory_shop.running(clinic.consumer(), mourner()):
        await memory_shop.bus.publish(Message(b"not json", "shop.ordered", None))
        [letter] = await until_dead(memory_shop, 1)
        only = LetterFilter(ids=(letter.dead_letter_id,))
        with pytest.raises(NoEventInside, match="edited body"):
            await desk_of(memory_shop).replay(only, AT_ONCE)
        every = await desk_of(memory_shop).replay(LetterFilter(), AT_ONCE)
        assert (every.replayed, every.without_event) == (0, 1)
        body = message_of(Ordered(number=4)).body
        report = await desk_of(memory_shop).replay_edited(letter.dead_letter_id, body, IN_WATCH)
    assert report.canaries[0].outcome is CanaryOutcome.SETTLED
    assert await memory_shop.effects() == [4]


async def test_an_edit_that_dies_again_is_traced_back_to_bytes_that_held_no_event(memory_shop: Shop) -> None:
    async with memory_shop.running(Clinic().consumer(), mourner()):
        await memory_shop.bus.publish(Message(b"not json", "shop.ordered", None))
        [letter] = await until_dead(memory_shop, 1)
        body = message_of(Ordered(number=4)).body
        await desk_of(memory_shop).replay_edited(letter.dead_letter_id, body, IN_WATCH)
        [again] = await until_dead(memory_shop, 1)
    assert again.came_from == letter.dead_letter_id


async def test_an_event_that_the_group_has_settled_is_no_body_for_other_bytes(memory_shop: Shop) -> None:
    clinic = Clinic()
    clinic.all_cured = True
    async with memory_shop.running(clinic.consumer(), mourner()):
        done = message_of(Ordered(number=4))
        await memory_shop.bus.publish(done)
        await memory_shop.bus.publish(Message(b"not json", "shop.ordered", None))
        [letter] = await until_dead(memory_shop, 1)
    with pytest.raises(UnfitEdit, match="settled"):
        await desk_of(memory_shop).replay_edited(letter.dead_letter_id, done.body, AT_ONCE)
    assert len(await letters(memory_shop, state="dead")) == 1


async def test_of_two_edits_of_one_letter_at_the_same_time_one_is_sent(memory_shop: Shop) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    body = encoded(await body_of(memory_shop, letter_id))
    tries = (desk_of(memory_shop).replay_edited(letter_id, body, AT_ONCE) for _ in range(4))
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(outcome, LetterClosed) for outcome in outcomes) == 3
    assert len(await memory_shop.waiting()) == 1


async def test_a_dry_run_checks_the_body_and_changes_nothing(memory_shop: Shop) -> None:
    [letter_id] = (await bury_orders(memory_shop, 1)).values()
    only_try = ReplayOrder(by="ann", dry_run=True)
    with pytest.raises(UnfitEdit):
        await desk_of(memory_shop).replay_edited(letter_id, b"{}", only_try)
    body = encoded(await body_of(memory_shop, letter_id))
    assert (await desk_of(memory_shop).replay_edited(letter_id, body, only_try)).replayed == 0
    assert len(await letters(memory_shop, state="dead")) == 1
    assert await memory_shop.waiting() == []


async def test_a_letter_nobody_knows_cannot_be_edited(memory_shop: Shop) -> None:
    with pytest.raises(UnknownLetter):
        await desk_of(memory_shop).replay_edited(uuid7(), b"{}", AT_ONCE)

"""A discarded letter is closed for good, with a reason, and stays."""

from uuid import uuid4

import pytest

from brickline.events import LetterFilter, LetterState, UnknownLetter, WrongRequest
from support.graveyard import bury_orders, desk_of, letters
from support.shop import Shop


async def test_what_matches_is_closed_with_the_reason_and_the_rest_stays_dead(memory_shop: Shop) -> None:
    ids = await bury_orders(memory_shop, 1, 2, 3)
    desk = desk_of(memory_shop)
    report = await desk.discard(LetterFilter(ids=(ids[1], ids[3])), by="ann", reason=" test data ")
    assert report.discarded == 2
    closed = await desk.show(ids[1])
    assert (closed.state, closed.closed_by, closed.discard_reason) == (
        LetterState.DISCARDED,
        "ann",
        "test data",
    )
    assert [letter.dead_letter_id for letter in await letters(memory_shop, state="dead")] == [ids[2]]


async def test_nothing_is_sent_and_a_duplicate_of_the_event_is_still_skipped(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1)
    settled = await memory_shop.settled()
    await desk_of(memory_shop).discard(LetterFilter(), by="ann", reason="never mind")
    assert (await memory_shop.waiting(), await memory_shop.settled()) == ([], settled)


async def test_a_dry_run_counts_and_changes_nothing(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 2)
    before = await letters(memory_shop)
    report = await desk_of(memory_shop).discard(LetterFilter(), by="ann", reason="no", dry_run=True)
    assert (report.discarded, sum(group.letters for group in report.groups)) == (0, 2)
    assert await letters(memory_shop) == before


@pytest.mark.parametrize("reason", ["", "  \n"])
async def test_a_reason_is_wanted(memory_shop: Shop, reason: str) -> None:
    await bury_orders(memory_shop, 1)
    with pytest.raises(WrongRequest, match="reason"):
        await desk_of(memory_shop).discard(LetterFilter(), by="ann", reason=reason)
    assert len(await letters(memory_shop, state="dead")) == 1


async def test_an_unknown_id_changes_nothing(memory_shop: Shop) -> None:
    ids = await bury_orders(memory_shop, 1)
    unknown = LetterFilter(ids=(ids[1], uuid4()))
    with pytest.raises(UnknownLetter):
        await desk_of(memory_shop).discard(unknown, by="ann", reason="no")
    assert len(await letters(memory_shop, state="dead")) == 1

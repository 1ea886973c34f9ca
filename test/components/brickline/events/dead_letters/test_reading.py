"""Dead letters are listed newest first, filtered, counted by what failed alike, and shown whole."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from brickline.events import DeadLetterDesk, LetterFilter, Message, WrongRequest
from brickline.persistence import Database
from support.graveyard import Clinic, bury_orders, desk_of, letters, mourner, until_dead
from support.shop import Shop


async def test_pages_hold_every_letter_once_newest_first(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, *range(7))
    whole = await letters(memory_shop)
    desk, seen, cursor = desk_of(memory_shop), [], None
    for size in (3, 3, 1):
        page = await desk.page(LetterFilter(), limit=3, cursor=cursor)
        assert len(page.items) == size
        seen += page.items
        cursor = page.next_cursor
    assert cursor is None
    assert seen == whole
    assert [letter.dead_at for letter in whole] == sorted((it.dead_at for it in whole), reverse=True)


async def test_a_page_goes_across_services(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 2, 3)
    both = DeadLetterDesk({"east": memory_shop.database, "west": memory_shop.database})
    first = await both.page(LetterFilter(), limit=4)
    assert len(first.items) == 4
    assert len((await both.page(LetterFilter(service="east"))).items) == 3


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"group": "orders"}, 2),
        ({"group": "others"}, 0),
        ({"reason": "permanent"}, 2),
        ({"reason": "contract"}, 0),
        ({"tenant": "acme"}, 2),
        ({"tenant": "other"}, 0),
        ({"fingerprint": "0" * 16}, 0),
        ({"state": "dead"}, 2),
        ({"state": "replayed"}, 0),
        ({"since": datetime.now(UTC) - timedelta(days=1)}, 2),
        ({"until": datetime.now(UTC) - timedelta(days=1)}, 0),
        ({"since": datetime.now(UTC) + timedelta(days=1)}, 0),
        ({"group": "orders", "tenant": "other"}, 0),
    ],
)
async def test_each_filter_narrows(memory_shop: Shop, wanted: dict[str, Any], count: int) -> None:
    await bury_orders(memory_shop, 1, 2)
    assert len(await letters(memory_shop, **wanted)) == count


async def test_groups_count_what_failed_alike_with_first_last_and_a_sample(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 2, 3, 5)
    pears, apples = await desk_of(memory_shop).groups(LetterFilter())
    found = [letter for letter in await letters(memory_shop) if letter.fingerprint == pears.fingerprint]
    assert (pears.letters, apples.letters) == (3, 1)
    assert "of pears" in pears.sample_error
    assert (pears.last_at, pears.first_at) == (found[0].dead_at, found[-1].dead_at)


async def test_bytes_that_hold_no_event_are_shown_as_they_are(memory_shop: Shop) -> None:
    async with memory_shop.running(Clinic().consumer(), mourner()):
        for body in (b"\xff\x00\x01", b"not json"):
            await memory_shop.bus.publish(Message(body, "shop.ordered", None))
        found = await until_dead(memory_shop, 2)
    shown = [await desk_of(memory_shop).show(letter.dead_letter_id) for letter in found]
    assert {(each.body.encoding, each.body.text) for each in shown} == {
        ("base64", "/wAB"),
        ("utf-8", "not json"),
    }
    assert {(each.tenant, each.trace_id) for each in shown} == {(None, None)}


@pytest.mark.parametrize("cursor", ["", "x", "äö", "bm90IGEgY3Vyc29y", "2026"])
async def test_a_cursor_that_no_page_ended_with_is_refused(memory_shop: Shop, cursor: str) -> None:
    with pytest.raises(WrongRequest, match="cursor"):
        await desk_of(memory_shop).page(LetterFilter(), cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 501])
async def test_a_page_has_bounds(memory_shop: Shop, limit: int) -> None:
    with pytest.raises(WrongRequest, match="500"):
        await desk_of(memory_shop).page(LetterFilter(), limit=limit)


@pytest.mark.parametrize(
    "wanted", [{"group": "a\x00b"}, {"group": ""}, {"tenant": "\ud800"}, {"nosuch": "x"}]
)
def test_a_filter_that_no_letter_can_match_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LetterFilter(**wanted)


def test_since_has_to_be_before_until() -> None:
    now = datetime.now(UTC)
    with pytest.raises(ValidationError, match="not before until"):
        LetterFilter(since=now, until=now)


async def test_tables_of_an_older_version_are_named(database_url: str) -> None:
    async with Database.connect(database_url, schema="old") as database:
        with pytest.raises(Exception, match="older version"):
            await DeadLetterDesk({"old": database}).check()


async def test_a_letter_nobody_knows_has_no_place_in_any_list(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1)
    assert await letters(memory_shop, ids=(uuid4(),)) == []

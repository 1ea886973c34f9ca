"""An operator's view of paused groups."""

import pytest

from brickline.events import GroupNotPaused, PauseDesk, PauseTableMissing, UnknownGroup, pause_group
from brickline.persistence import Database
from support.graveyard import bury_orders
from support.shop import Ordered, Shop

ROUTES = {Ordered.topic: ("orders", "stock")}
WHY = "20 events in a row cannot be read"


async def pause(shop: Shop, group_id: str) -> None:
    async with shop.database.connection() as connection:
        await pause_group(connection, group_id, WHY, b"{}")


def desk_of(shop: Shop) -> PauseDesk:
    return PauseDesk({"shop": shop.database}, ROUTES)


async def test_a_paused_group_is_shown_with_what_waits_for_it_and_what_it_buried(memory_shop: Shop) -> None:
    await bury_orders(memory_shop, 1, 2, 3)
    await memory_shop.order(4, 5)
    await pause(memory_shop, "orders")
    [paused] = await desk_of(memory_shop).paused()
    assert (paused.service, paused.group_id, paused.reason) == ("shop", "orders", WHY)
    assert (paused.waiting_in_outboxes, paused.dead_letters) == (2, 3)


async def test_events_addressed_to_another_group_do_not_wait_for_this_one(memory_shop: Shop) -> None:
    await memory_shop.order(1)
    async with memory_shop.database.connection() as connection:
        await connection.execute("update outbox set group_id = 'stock'")
    await pause(memory_shop, "orders")
    await pause(memory_shop, "stock")
    waiting = {each.group_id: each.waiting_in_outboxes for each in await desk_of(memory_shop).paused()}
    assert waiting == {"orders": 0, "stock": 1}


async def test_a_group_is_resumed_once_and_others_stay_paused(memory_shop: Shop) -> None:
    await pause(memory_shop, "orders")
    await pause(memory_shop, "stock")
    desk = desk_of(memory_shop)
    assert (await desk.resume("orders")).group_id == "orders"
    assert [each.group_id for each in await desk.paused()] == ["stock"]
    with pytest.raises(GroupNotPaused, match="not paused in shop"):
        await desk.resume("orders")


@pytest.mark.parametrize("group", ["nosuch", "", "a\x00b", "\ud800"])
async def test_a_group_that_no_route_leads_to_is_unknown(memory_shop: Shop, group: str) -> None:
    with pytest.raises(UnknownGroup, match="there are orders, stock"):
        await desk_of(memory_shop).resume(group)


async def test_a_paused_group_can_be_resumed_though_its_route_is_gone(memory_shop: Shop) -> None:
    await pause(memory_shop, "retired")
    assert (await desk_of(memory_shop).resume("retired")).reason == WHY


async def test_tables_of_a_version_that_knew_no_pauses_are_named(database_url: str) -> None:
    async with Database.connect(database_url, schema="old") as database:
        with pytest.raises(PauseTableMissing, match="old"):
            await PauseDesk({"old": database}, ROUTES).check()

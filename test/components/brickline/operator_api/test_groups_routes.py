"""Operators see over HTTP which groups are paused, and let them go on."""

import httpx
import pytest

from brickline.events import pause_group
from support.shop import Shop

PATH = "/operator/groups"


async def test_a_paused_group_is_listed_and_resumed_once(shop: Shop, operator: httpx.AsyncClient) -> None:
    assert (await operator.get(PATH)).json() == []
    async with shop.database.connection() as connection:
        await pause_group(connection, "orders", "20 events in a row cannot be read", b"{}")
    await shop.order(1, 2)
    [listed] = (await operator.get(PATH)).json()
    assert (listed["service"], listed["group_id"]) == ("shop", "orders")
    assert (listed["waiting_in_outboxes"], listed["dead_letters"]) == (2, 0)
    ended = await operator.post(f"{PATH}/orders/resume")
    assert (ended.status_code, ended.json()) == (200, listed)
    assert (await operator.get(PATH)).json() == []
    again = await operator.post(f"{PATH}/orders/resume")
    assert (again.status_code, "not paused" in again.json()["detail"]) == (409, True)


@pytest.mark.parametrize("group", ["nosuch", "%00", "a%20b", "%F0%9F%98%80"])
async def test_a_group_that_is_not_there_is_404(operator: httpx.AsyncClient, group: str) -> None:
    answer = await operator.post(f"{PATH}/{group}/resume")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "orders" in answer.json()["detail"]

"""What is skipped as a duplicate was settled before; what only has its id is told apart."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from brickline.events.duplicates import Duplicate, tell_duplicates
from brickline.events.inbox import record_settled
from brickline.events.trail import Trail
from support.shop import Shop

TRAIL = Trail("5" * 32, "shop.ordered", "shop", datetime(2026, 1, 1, 1, 2, 3, 456789, tzinfo=UTC), attempt=1)


async def settle(shop: Shop, trail: Trail | None) -> UUID:
    event_id = uuid4()
    async with shop.database.transaction() as connection:
        await record_settled(connection, "orders", event_id, trail)
    return event_id


async def tell(shop: Shop, duplicates: Sequence[Duplicate]) -> None:
    async with shop.database.connection() as connection:
        await tell_duplicates(connection, "orders", duplicates)


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)


async def test_the_same_event_again_is_a_plain_duplicate_whichever_attempt(
    memory_shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    event_id = await settle(memory_shop, TRAIL)
    await tell(memory_shop, [Duplicate(event_id, replace(TRAIL, attempt=3))])
    assert caplog.messages == ["event.duplicate_skipped"]


@pytest.mark.parametrize(
    "other",
    [
        replace(TRAIL, trace_id="6" * 32),
        replace(TRAIL, topic="shop.shipped"),
        replace(TRAIL, source="somewhere else"),
        replace(TRAIL, published_at=TRAIL.published_at + timedelta(microseconds=1)),
    ],
)
async def test_another_event_under_the_id_is_warned_of(
    memory_shop: Shop, caplog: pytest.LogCaptureFixture, other: Trail
) -> None:
    event_id = await settle(memory_shop, TRAIL)
    await tell(memory_shop, [Duplicate(event_id, other)])
    assert caplog.messages == ["event.id_reused"]
    assert caplog.records[0].levelno == logging.WARNING


async def test_what_cannot_be_compared_is_a_plain_duplicate(
    memory_shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    garbage = await settle(memory_shop, None)
    event = await settle(memory_shop, TRAIL)
    await tell(memory_shop, [Duplicate(garbage, TRAIL), Duplicate(event, None), Duplicate(uuid4(), TRAIL)])
    assert caplog.messages == ["event.duplicate_skipped"] * 3


async def test_of_many_each_is_told_by_itself(memory_shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    same, reused = await settle(memory_shop, TRAIL), await settle(memory_shop, TRAIL)
    await tell(memory_shop, [])
    await tell(memory_shop, [Duplicate(same, TRAIL), Duplicate(reused, replace(TRAIL, source="x"))])
    assert caplog.messages == ["event.duplicate_skipped", "event.id_reused"]

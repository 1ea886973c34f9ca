"""Properties of a message that nobody can decode cost what they say, never the message or the connection."""

from collections.abc import AsyncIterator

import pytest
from pamqp.commands import Basic

from support.shop import Shop, consumer, settle
from support.stranger import AmqpStranger, as_bytes, order_document, stranger_at

UNDECODABLE = {
    "a timestamp in microseconds": (0x0040, (1_800_000_000_000_000).to_bytes(8, "big")),
    "the last timestamp": (0x0040, b"\xff" * 8),
    "a content type that is no UTF-8": (0x8000, b"\x02\xff\xfe"),
    "a header named by no UTF-8": (0x2000, b"\x00\x00\x00\x04\x02\xff\xfeV"),
    "a header with such a timestamp": (0x2000, b"\x00\x00\x00\x0b\x01aT" + b"\xff" * 8),
    "a header of tables in tables": (0x2000, None),
}


class Raw(Basic.Properties):
    """Properties as the bytes they are."""

    def __init__(self, flags: int, encoded: bytes) -> None:
        super().__init__()
        self._raw = flags.to_bytes(2, "big") + encoded

    def marshal(self) -> bytes:
        return self._raw


def tables_in_tables(depth: int) -> bytes:
    encoded = b""
    for _ in range(depth):
        encoded = b"\x01aF" + len(encoded).to_bytes(4, "big") + encoded
    return len(encoded).to_bytes(4, "big") + encoded


@pytest.fixture
async def stranger(rabbitmq_url: str, topology_prefix: str, shop: Shop) -> AsyncIterator[AmqpStranger]:
    async with stranger_at(rabbitmq_url, topology_prefix, shop) as stranger:
        assert isinstance(stranger, AmqpStranger)
        yield stranger


@pytest.mark.parametrize(("flags", "encoded"), UNDECODABLE.values(), ids=UNDECODABLE.keys())
async def test_an_event_with_an_undecodable_property_is_handled_and_so_is_the_next(
    shop: Shop, stranger: AmqpStranger, flags: int, encoded: bytes | None
) -> None:
    async with shop.running(consumer(settle, concurrency=1)):
        underlay = await stranger.channel.get_underlay_channel()
        await underlay.basic_publish(
            as_bytes(order_document(3)),
            routing_key=stranger.queue,
            properties=Raw(flags, tables_in_tables(2000) if encoded is None else encoded),
        )
        await shop.order(4)
        await shop.until_settled(2, timeout_s=8)
    assert await shop.effects() == [3, 4]

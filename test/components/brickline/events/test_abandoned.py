"""What a bus gave up for a group waits in hand for its burial, and is not given back over and over."""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from brickline.events import UNROUTED, Deliveries, DeliveryQueue, Message, Subscription
from support.outage import outage
from support.shop import Ordered, Shop, consumer, message_of, open_shop, settle
from support.waiting import eventually


@dataclass
class Counted:
    """A delivery that counts how it is settled."""

    message: Message
    acked: int = 0
    released: int = 0

    async def ack(self) -> None:
        self.acked += 1

    async def release(self) -> None:
        self.released += 1


@dataclass
class BusWithDead:
    """A bus that has nothing for a group but what it gave up."""

    dead: DeliveryQueue = field(default_factory=DeliveryQueue)

    async def publish(self, message: Message) -> None: ...

    @asynccontextmanager
    async def consume(self, subscription: Subscription) -> AsyncIterator[Deliveries]:
        theirs = subscription.abandoned and subscription.group_id != UNROUTED
        yield self.dead if theirs else DeliveryQueue()

    async def tell(self, notice: bytes) -> None: ...

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[AsyncIterator[bytes]]:
        raise NotImplementedError
        yield

    def blocked_topics(self) -> Collection[str]:
        return ()

    async def check(self) -> str | None:
        return None


def tries(caplog: pytest.LogCaptureFixture) -> int:
    return caplog.messages.count("event.not_settled")


async def test_during_an_outage_what_was_given_up_stays_in_hand_until_it_is_buried(
    postgres_server: str, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A broker counts what is handed back, and drops it in the end where nothing else catches it."""
    bus, given_up = BusWithDead(), [Counted(message_of(Ordered(number=number))) for number in range(3)]
    async with open_shop(database_url, bus) as shop, shop.running(consumer(settle)):
        async with outage(postgres_server, database_url):
            for delivery in given_up:
                await bus.dead.put(delivery)
            await eventually(lambda: tries(caplog) >= 2)
        await eventually(lambda: all(delivery.acked for delivery in given_up))
        letters = await shop.dead_letters()
    assert [letter["reason"] for letter in letters] == ["crash loop"] * 3
    assert [(delivery.acked, delivery.released) for delivery in given_up] == [(1, 0)] * 3


async def test_what_cannot_be_buried_is_handed_back_at_the_end(
    postgres_server: str, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    bus, given_up = BusWithDead(), [Counted(message_of(Ordered(number=number))) for number in range(3)]
    async with open_shop(database_url, bus) as shop, outage_of_running(shop, postgres_server, database_url):
        for delivery in given_up:
            await bus.dead.put(delivery)
        await eventually(lambda: tries(caplog) >= 1)
    assert [(delivery.acked, delivery.released) for delivery in given_up] == [(0, 1)] * 3


@asynccontextmanager
async def outage_of_running(shop: Shop, server: str, database_url: str) -> AsyncIterator[None]:
    """An outage that a service meets while it runs and that is not over when it ends."""
    async with AsyncExitStack() as later, shop.running(consumer(settle), drain_s=3):
        await later.enter_async_context(outage(server, database_url))
        yield

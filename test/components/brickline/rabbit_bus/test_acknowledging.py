"""Acknowledging together takes along nothing that is not settled."""

import asyncio
import random

from hypothesis import given
from hypothesis import strategies as st

from brickline.events import Delivery, Subscription
from brickline.rabbit_bus import RabbitBus
from brickline.rabbit_bus.acknowledging import Acknowledger
from support.buses import depth
from support.shop import Ordered, message_of
from support.waiting import eventually

ORDERS = Subscription("orders", Ordered.topic, prefetch=10)


async def taken(bus: RabbitBus, count: int, deliveries: object) -> list[Delivery]:
    for number in range(count):
        await bus.publish(message_of(Ordered(number=number)))
    found: list[Delivery] = []
    while len(found) < count:
        found += await deliveries.take(count - len(found))  # type: ignore[attr-defined]  # any bus's
    return found


async def left_over(bus: RabbitBus, rabbitmq_url: str, queue: str, count: int) -> bool:
    return await depth(rabbitmq_url, queue) == count


async def test_what_was_taken_before_a_batch_and_is_not_settled_comes_again(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    async with bus.consume(ORDERS) as deliveries:
        first, *batch = await taken(bus, 5, deliveries)
        await deliveries.ack(batch)
    async with bus.consume(ORDERS) as deliveries:
        (again,) = await deliveries.take(10)
        assert again.message.event_id == first.message.event_id
        await again.ack()
    await eventually(lambda: left_over(bus, rabbitmq_url, f"{topology_prefix}.orders", 0))


async def test_a_batch_with_nothing_before_it_is_gone_and_what_came_after_it_is_not(
    bus: RabbitBus, rabbitmq_url: str, topology_prefix: str
) -> None:
    async with bus.consume(ORDERS) as deliveries:
        *batch, last = await taken(bus, 5, deliveries)
        await deliveries.ack(batch)
    async with bus.consume(ORDERS) as deliveries:
        (again,) = await deliveries.take(10)
        assert again.message.event_id == last.message.event_id
        await again.release()
    await eventually(lambda: left_over(bus, rabbitmq_url, f"{topology_prefix}.orders", 1))


class Wire:
    """A channel that plays the broker: it has unsettled what it delivered, and refuses what it has not.

    Sending waits as long as `dice` says, as it does where the frames before have not left yet; frames are
    processed in the order in which their waits ended.
    """

    def __init__(self, dice: random.Random | None = None) -> None:
        self.unsettled: set[int] = set()
        self.acked: set[int] = set()
        self.frames = 0
        self._dice = dice

    async def _wait(self) -> None:
        for _ in range(self._dice.randrange(6) if self._dice else 0):
            await asyncio.sleep(0)

    async def basic_ack(self, delivery_tag: int, multiple: bool = False, wait: bool = True) -> None:
        await self._wait()
        tags = {tag for tag in self.unsettled if tag <= delivery_tag} if multiple else {delivery_tag}
        assert delivery_tag in self.unsettled, "an unknown delivery tag ends the channel"
        self.unsettled -= tags
        self.acked |= tags
        self.frames += 1

    async def basic_nack(
        self, delivery_tag: int, multiple: bool = False, requeue: bool = True, wait: bool = True
    ) -> None:
        await self._wait()
        assert delivery_tag in self.unsettled, "an unknown delivery tag ends the channel"
        self.unsettled.remove(delivery_tag)
        self.frames += 1


STEPS = st.lists(st.sampled_from(["send", "arrive", "ack", "release", "flush"]), max_size=80)


@given(STEPS, st.randoms(use_true_random=False))
async def test_never_is_anything_acknowledged_that_was_not_settled_and_in_the_end_all_is(
    steps: list[str], dice: random.Random
) -> None:
    wire = Wire()
    acknowledger = Acknowledger(wire)
    sent, here, settled, released = 0, set[int](), set[int](), set[int]()
    on_the_way: list[int] = []
    for step in steps:
        if step == "send":
            sent += 1
            wire.unsettled.add(sent)
            on_the_way.append(sent)
        elif step == "arrive" and on_the_way:
            tag = on_the_way.pop(dice.randrange(min(2, len(on_the_way))))
            acknowledger.arrived(tag)
            here.add(tag)
        elif step in ("ack", "release") and here:
            tag = dice.choice(sorted(here))
            here.remove(tag)
            if step == "ack":
                acknowledger.ack([tag])
                settled.add(tag)
            else:
                await acknowledger.release(tag)
                released.add(tag)
        elif step == "flush":
            await acknowledger.flush()
        assert wire.acked <= settled
        assert wire.unsettled >= here | set(on_the_way)
    await acknowledger.flush(alone=True)
    assert wire.acked == settled
    assert wire.unsettled == here | set(on_the_way)


async def test_what_is_settled_in_order_goes_out_in_one_frame_and_what_is_held_up_does_not_wait_long() -> (
    None
):
    wire = Wire()
    acknowledger = Acknowledger(wire)
    for tag in range(1, 11):
        wire.unsettled.add(tag)
        acknowledger.arrived(tag)
    for tag in range(1, 6):
        acknowledger.ack([tag])
    acknowledger.ack([8])
    await eventually(lambda: wire.acked == {1, 2, 3, 4, 5, 8})
    assert wire.frames == 2


@given(st.integers(2, 40), st.randoms(use_true_random=False))
async def test_a_refusal_is_not_overtaken_by_an_acknowledgement_of_what_came_later(
    count: int, dice: random.Random
) -> None:
    wire = Wire(dice)
    acknowledger = Acknowledger(wire)
    released = {tag for tag in range(1, count + 1) if dice.random() < 0.4}
    for tag in range(1, count + 1):
        wire.unsettled.add(tag)
        acknowledger.arrived(tag)

    async def settle(tag: int) -> None:
        for _ in range(dice.randrange(4)):
            await asyncio.sleep(0)
        if tag in released:
            await acknowledger.release(tag)
        else:
            acknowledger.ack([tag])
            if dice.random() < 0.5:
                await acknowledger.flush(alone=dice.random() < 0.5)

    await asyncio.gather(*map(settle, range(1, count + 1)))
    await acknowledger.flush(alone=True)
    assert wire.acked == set(range(1, count + 1)) - released
    assert wire.unsettled == set()

"""Acknowledging together takes along nothing that is not settled."""

from hypothesis import given
from hypothesis import strategies as st

from brickline.events import Delivery, Subscription
from brickline.rabbit_bus import RabbitBus
from brickline.rabbit_bus.delivery import Unsettled
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


@given(st.lists(st.sampled_from(["add", "settle"]), max_size=60), st.randoms())
def test_never_is_an_unsettled_or_unseen_delivery_taken_along(steps: list[str], random: object) -> None:
    unsettled, here = Unsettled(), set()
    arriving = list(range(1, 61))
    for step in steps:
        if step == "add":
            tag = arriving.pop(random.choice([0, min(1, len(arriving) - 1)]))  # type: ignore[attr-defined]
            unsettled.add(tag)
            here.add(tag)
        elif here:
            tag = random.choice(sorted(here))  # type: ignore[attr-defined]
            here.remove(tag)
            unsettled.remove(tag)
        for tag in range(1, 62):
            safe = not any(other <= tag for other in arriving) and not any(other < tag for other in here)
            assert unsettled.any_before(tag) is not safe

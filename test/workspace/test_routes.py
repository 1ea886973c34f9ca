"""The routing table says what the consumers say."""

import importlib
from pathlib import Path

from brickline.events import Consumer
from brickline.schemas import ROUTES

COMPONENTS = Path(__file__).parents[2] / "components" / "brickline"


def consumers() -> list[type[Consumer]]:
    """Every consumer class that a component exports."""
    found = []
    for init in COMPONENTS.glob("*/__init__.py"):
        brick = importlib.import_module(f"brickline.{init.parent.name}")
        exported = (getattr(brick, name) for name in brick.__all__)
        found += [item for item in exported if isinstance(item, type) and issubclass(item, Consumer)]
    return [consumer for consumer in found if consumer is not Consumer]


def test_every_consumer_group_has_a_route_and_every_route_a_consumer() -> None:
    routed = {(topic, group_id) for topic, groups in ROUTES.items() for group_id in groups}
    assert routed == {(consumer.payload_type.topic, consumer.group_id) for consumer in consumers()}


def test_whatever_a_consumer_publishes_has_a_route() -> None:
    published = {payload.topic for consumer in consumers() for payload in consumer.publishes}
    assert published
    assert published <= set(ROUTES)

"""Where events are on RabbitMQ: what the rabbit_bus brick declares, in AsyncAPI's AMQP bindings."""

from typing import Any

EVENTS_EXCHANGE = "brickline.events"
"""Programs outside publish to it; the routing key is the topic."""
RELAY_EXCHANGE = "brickline.relay"
"""The services' own events come through it, bound alike."""
QUEUE_PREFIX = "brickline."
"""A consumer group's queue is this and the group's id."""

_VERSION = {"bindingVersion": "0.3.0"}
_PERSISTENT = 2


def channel_binding() -> dict[str, Any]:
    """Return where a topic's events are published."""
    exchange = {"name": EVENTS_EXCHANGE, "type": "topic", "durable": True, "autoDelete": False, "vhost": "/"}
    return {"is": "routingKey", "exchange": exchange, **_VERSION}


def sending() -> dict[str, Any]:
    """Return how an event is sent."""
    return {"deliveryMode": _PERSISTENT, "mandatory": True, **_VERSION}


def receiving(group_id: str) -> dict[str, Any]:
    """Return how a consumer group receives."""
    return {
        "ack": True,
        "x-consumer-group": group_id,
        "x-queue": f"{QUEUE_PREFIX}{group_id}",
        "x-bound-to": [EVENTS_EXCHANGE, RELAY_EXCHANGE],
        **_VERSION,
    }

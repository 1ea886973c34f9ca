"""The `Bus` over RabbitMQ (3.10 to 4.x), by aio-pika's plain connections and this brick's own reconnection.

One durable topic exchange takes every event; each consumer group has one quorum queue bound to its topic, and
what its queue gives up (a crash loop, caught by the delivery limit) goes to a dead queue of its own.
"""

from brickline.rabbit_bus.bus import RabbitBus

__all__ = ["RabbitBus"]

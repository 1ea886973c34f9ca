"""The `Bus` over RabbitMQ (3.10 to 4.x), by aio-pika's plain connections and this brick's own reconnection.

Each consumer group has one quorum queue bound to its topic, and what its queue gives up (a crash loop, caught
by the delivery limit) goes to a dead queue of its own. Relays publish to one durable topic exchange, and are
told what no queue takes. Other programs publish to another, bound alike; its alternate exchange catches that.
"""

from brickline.rabbit_bus.bus import RabbitBus
from brickline.rabbit_bus.queue_depths import queued

__all__ = ["RabbitBus", "queued"]

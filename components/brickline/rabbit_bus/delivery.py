"""Deliveries of one channel, and acknowledging them in as few messages as is safe."""

from collections.abc import Sequence
from dataclasses import dataclass

import aiormq
from aio_pika.exceptions import AMQPError

from brickline.events import Delivery, Message
from brickline.telemetry import get_logger

_log = get_logger(__name__)


class Unsettled:
    """The delivery tags of one channel that are neither acknowledged nor handed back, in their order."""

    def __init__(self) -> None:
        self._tags: dict[int, None] = {}
        self._seen = 0  # every tag up to this one: the broker counts from 1
        self._ahead: set[int] = set()

    def add(self, tag: int) -> None:
        """A delivery came."""
        self._tags[tag] = None
        self._ahead.add(tag)
        while self._seen + 1 in self._ahead:
            self._seen += 1
            self._ahead.remove(self._seen)

    def remove(self, tag: int) -> None:
        """A delivery was settled."""
        self._tags.pop(tag, None)

    def any_before(self, tag: int) -> bool:
        """Tell whether acknowledging up to `tag` would take along what is unsettled, or was never seen."""
        return self._seen < tag or min(self._tags, default=tag) < tag


@dataclass(frozen=True, slots=True)
class RabbitDelivery:
    """One message of one channel."""

    message: Message
    tag: int
    """Its number on its channel."""
    channel: aiormq.Channel
    unsettled: Unsettled
    ordered: bool = False

    async def ack(self) -> None:
        """Acknowledge it alone."""
        await self.ack_up_to_here(multiple=False)

    async def ack_up_to_here(self, *, multiple: bool) -> None:
        """Acknowledge it, and with `multiple` all before it on its channel."""
        self.unsettled.remove(self.tag)
        try:
            await self.channel.basic_ack(self.tag, multiple=multiple, wait=False)
        except (AMQPError, OSError, RuntimeError) as error:
            self._taken_back(error)

    async def release(self) -> None:
        """Hand it back to its queue.

        Where the order matters that is left to the end of the channel: then the broker takes back all that is
        unsettled at once, in its order, where one by one the later ones could come before the earlier.
        """
        if self.ordered:
            return
        self.unsettled.remove(self.tag)
        try:
            await self.channel.basic_nack(self.tag, requeue=True, wait=False)
        except (AMQPError, OSError, RuntimeError) as error:
            self._taken_back(error)

    def _taken_back(self, error: Exception) -> None:
        """Its channel is gone, so the broker delivers it again and the inbox will tell."""
        _log.info("delivery.taken_back", event_id=str(self.message.event_id), reason=repr(error))


async def ack_together(deliveries: Sequence[Delivery]) -> None:
    """Acknowledge deliveries of one stream: at once where nothing else is unsettled before their last."""
    ours = [delivery for delivery in deliveries if isinstance(delivery, RabbitDelivery)]
    by_channel: dict[int, list[RabbitDelivery]] = {}  # a reconnection may lie between two of a batch
    for delivery in ours:
        by_channel.setdefault(id(delivery.unsettled), []).append(delivery)
    for together in by_channel.values():
        last = max(together, key=lambda delivery: delivery.tag)
        for delivery in together:
            delivery.unsettled.remove(delivery.tag)
        if last.unsettled.any_before(last.tag):
            for delivery in together:
                await delivery.ack()
        else:
            await last.ack_up_to_here(multiple=True)

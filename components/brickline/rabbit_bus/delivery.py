"""One message in a consumer's hands."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from brickline.events import Delivery, Message
from brickline.rabbit_bus.acknowledging import Acknowledger


@dataclass(frozen=True, slots=True)
class RabbitDelivery:
    """One message of one channel."""

    message: Message
    tag: int
    """Its number on its channel."""
    acknowledger: Acknowledger
    """That of its channel."""
    hand_back: Callable[[], Awaitable[None]] | None = None
    """Hands back all of the channel, where the order matters."""

    async def ack(self) -> None:
        """Have it acknowledged within milliseconds."""
        self.acknowledger.ack([self.tag])

    async def release(self) -> None:
        """Hand it back to its queue.

        Where the order matters all that is unsettled goes back with it, in its order: one by one, the later
        ones could come before the earlier.
        """
        if self.hand_back is None:
            await self.acknowledger.release(self.tag)
        else:
            await self.hand_back()


async def ack_together(deliveries: Sequence[Delivery]) -> None:
    """Acknowledge deliveries of one stream now."""
    by_channel: dict[Acknowledger, list[int]] = {}  # a reconnection may lie between two of a batch
    for delivery in deliveries:
        if isinstance(delivery, RabbitDelivery):
            by_channel.setdefault(delivery.acknowledger, []).append(delivery.tag)
    for acknowledger, tags in by_channel.items():
        acknowledger.ack(tags)
        await acknowledger.flush()

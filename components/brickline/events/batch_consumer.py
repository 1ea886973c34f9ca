"""What a step subclasses that is quicker with many events at once."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from brickline.events.batch_context import BatchContext
from brickline.events.group import ConsumerGroup, PayloadT
from brickline.schemas import BaseEvent


class BatchConsumer(ConsumerGroup[PayloadT]):
    """A group that handles its events in batches, each batch in one transaction.

    A batch is what has arrived while the one before was handled, so it is small when little is going on and
    nothing waits for it to fill. A batch that fails is handled again event by event, so that only the bad one
    fails.
    """

    batch_size: ClassVar[int] = 100
    """At most so many events are handled together."""
    concurrency: ClassVar[int] = 1
    """How many batches one process handles at the same time."""

    @property
    def held_at_once(self) -> int:
        """`prefetch`, else one batch more than is handled at once, so that the next gathers meanwhile."""
        return self.prefetch or self.batch_size * (self.concurrency + 1)

    @abstractmethod
    async def process_batch(self, events: Sequence[BaseEvent[PayloadT]], context: BatchContext) -> None:
        """Handle events, none of which the group has settled before.

        Write and publish inside `context.transaction()`, naming the event that each publication follows from:
        `tx.publish(payload, cause=event)`. Otherwise as `Consumer.process_message`.
        """

"""What a step of the pipeline subclasses."""

from abc import abstractmethod
from typing import ClassVar

from brickline.events.context import EventContext
from brickline.events.group import ConsumerGroup, PayloadT


class Consumer(ConsumerGroup[PayloadT]):
    """A group that handles its events one by one, each in a transaction of its own."""

    concurrency: ClassVar[int] = 8
    """How many events one process handles at the same time."""

    @abstractmethod
    async def process_message(self, event: PayloadT, context: EventContext) -> None:
        """Handle one event.

        Write and publish inside `context.transaction()`; without one the event is settled on return. Raising
        settles it by the class of the exception (`FailureClass`). May run again for the same event after a
        crash or failure: effects outside the transaction must be idempotent by `context.event.event_id`.
        """

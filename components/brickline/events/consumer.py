"""What a step of the pipeline subclasses."""

import re
import typing
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from brickline.events.context import EventContext
from brickline.events.contract_record import ContractLimits
from brickline.events.errors import EventsError
from brickline.events.failures import FailureClass
from brickline.events.retry import RetryPolicy
from brickline.schemas import Payload

PayloadT = TypeVar("PayloadT", bound=Payload)

_GROUP_ID = re.compile(r"[a-z][a-z0-9_.-]{0,99}")


class Consumer(ABC, Generic[PayloadT]):
    """One consumer group: handles every event of one topic, each with effect once.

    A subclass names its payload type (`Consumer[DataProcessed]`) and `group_id`, and implements
    `process_message`. Idempotency, retries, dead letters and tracing are the base's.
    """

    group_id: ClassVar[str]
    """Names the group's queue and its inbox: every instance with the same id shares the work."""
    publishes: ClassVar[tuple[type[Payload], ...]] = ()
    """Every payload that the handler may publish."""
    concurrency: ClassVar[int] = 8
    """How many events one process handles at the same time."""
    retry: ClassVar[RetryPolicy] = RetryPolicy()
    failures: ClassVar[Mapping[type[BaseException], FailureClass]] = {}
    """Exception types to classify beside the default table, or otherwise than it does."""
    contract_limits: ClassVar[ContractLimits] = ContractLimits()
    """How many events in a row, or of the last ones, may be unreadable before the group pauses."""
    payload_type: ClassVar[type[Payload]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for base in getattr(cls, "__orig_bases__", ()):
            arguments = typing.get_args(base)
            if typing.get_origin(base) is Consumer and not isinstance(arguments[0], TypeVar):
                cls.payload_type = arguments[0]
        if hasattr(cls, "group_id") and not _GROUP_ID.fullmatch(cls.group_id):
            raise EventsError(
                f"{cls.__name__}.group_id is {cls.group_id!r}: use lower-case letters, digits, '.', '_', '-'"
            )

    @abstractmethod
    async def process_message(self, event: PayloadT, context: EventContext) -> None:
        """Handle one event.

        Write and publish inside `context.transaction()`; without one the event is settled on return. Raising
        settles it by the class of the exception (`FailureClass`). May run again for the same event after a
        crash or failure: effects outside the transaction must be idempotent by `context.event.event_id`.
        """

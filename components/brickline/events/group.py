"""What every consumer group has, whether it takes its events one by one or in batches."""

import re
import typing
from abc import ABC
from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

from brickline.events.contract_record import ContractLimits
from brickline.events.errors import EventsError
from brickline.events.failures import FailureClass
from brickline.events.retry import RetryPolicy
from brickline.schemas import Payload

PayloadT = TypeVar("PayloadT", bound=Payload)

_GROUP_ID = re.compile(r"[a-z][a-z0-9_.-]{0,99}")


class ConsumerGroup(ABC, Generic[PayloadT]):
    """Base of `Consumer` and `BatchConsumer`: handles every event of one topic, each with effect once.

    A subclass names its payload type (`Consumer[DataProcessed]`) and `group_id`, and implements the handler.
    Idempotency, retries, dead letters and tracing are the base's.
    """

    group_id: ClassVar[str]
    """Names the group's queue and its inbox: every instance with the same id shares the work."""
    publishes: ClassVar[tuple[type[Payload], ...]] = ()
    """Every payload that the handler may publish."""
    retry: ClassVar[RetryPolicy] = RetryPolicy()
    failures: ClassVar[Mapping[type[BaseException], FailureClass]] = {}
    """Exception types to classify beside the default table, or otherwise than it does."""
    contract_limits: ClassVar[ContractLimits] = ContractLimits()
    """How many events in a row, or of the last ones, may be unreadable before the group pauses."""
    concurrency: ClassVar[int]
    """How many tasks of one process handle what is delivered."""
    prefetch: ClassVar[int | None] = None
    """How many deliveries one process holds; None: enough that no task waits for the next."""
    payload_type: ClassVar[type[Payload]]

    @property
    def held_at_once(self) -> int:
        """How many deliveries one process holds: `prefetch`, else twice what it handles."""
        return self.prefetch or self.concurrency * 2

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for base in getattr(cls, "__orig_bases__", ()):
            origin, arguments = typing.get_origin(base), typing.get_args(base)
            is_group = isinstance(origin, type) and issubclass(origin, ConsumerGroup)
            if is_group and not isinstance(arguments[0], TypeVar):
                cls.payload_type = arguments[0]
        if hasattr(cls, "group_id") and not _GROUP_ID.fullmatch(cls.group_id):
            raise EventsError(
                f"{cls.__name__}.group_id is {cls.group_id!r}: use lower-case letters, digits, '.', '_', '-'"
            )

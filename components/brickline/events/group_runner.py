"""What running a group takes, whether its events are handled one by one or in batches."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from brickline.events.bus import Bus, Deliveries, Subscription
from brickline.events.cancellation import is_cancelled
from brickline.events.contract_guard import ContractGuard
from brickline.events.duplicates import Duplicate, tell_duplicates
from brickline.events.errors import TransientError
from brickline.events.failures import FailureClass, classify
from brickline.events.group import ConsumerGroup
from brickline.events.metrics import GroupMetrics
from brickline.events.outbox import Outbox
from brickline.events.settlement import Settlement
from brickline.events.trail import Trail
from brickline.events.waiting import set_within
from brickline.persistence import Database
from brickline.schemas import BaseEvent
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_HOLD_S = 1.0


GroupT = TypeVar("GroupT", bound=ConsumerGroup[Any])


class GroupRunner(ABC, Generic[GroupT]):
    """Takes the deliveries of one group in `concurrency` tasks; hands back what is left when it stops."""

    def __init__(
        self,
        consumer: GroupT,
        *,
        database: Database,
        bus: Bus,
        outbox: Outbox,
        settlement: Settlement,
        metrics: GroupMetrics,
    ) -> None:
        self.group_id = consumer.group_id
        self.subscribed = asyncio.Event()
        self._consumer = consumer
        self._database = database
        self._bus = bus
        self._outbox = outbox
        self._settlement = settlement
        self._metrics = metrics
        self._guard = ContractGuard(consumer, database)
        self._deliveries: Deliveries | None = None
        self._stopping = asyncio.Event()
        self._held: str | None = None

    async def run(self) -> None:
        """Consume until `stop`, then finish what is in hand. Raises what the first connection raises."""
        consumer = self._consumer
        payload_type = consumer.payload_type
        subscription = Subscription(
            self.group_id, payload_type.topic, consumer.held_at_once, ordered=payload_type.ordered
        )
        async with self._bus.consume(subscription) as deliveries, self._metrics.consuming(deliveries):
            self._deliveries = deliveries
            await self._guard.start(deliveries)
            self.subscribed.set()
            if self._stopping.is_set():
                await deliveries.stop()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._guard.watch(deliveries, self._stopping))
                for _ in range(self._takers):
                    tasks.create_task(self._take(deliveries))

    async def stop(self) -> None:
        """Take no more deliveries; `run` returns when those in hand are settled."""
        self._stopping.set()
        if self._deliveries is not None:
            await self._deliveries.stop()

    async def check(self) -> str | None:
        """Readiness: None, or why this group is not getting on with its events."""
        if self._deliveries is None:
            return f"group {self.group_id} has not subscribed yet"
        return self._deliveries.interrupted or self._guard.reason or self._held

    @property
    def _takers(self) -> int:
        """How many tasks take deliveries."""
        return self._consumer.concurrency

    @abstractmethod
    async def _take(self, deliveries: Deliveries) -> None:
        """See settled whatever comes, until there is no more."""

    async def _tell_duplicates(self, events: Sequence[BaseEvent[Any]], attempts: Sequence[int]) -> None:
        """Log what is skipped because the group has settled it before."""
        duplicates = [
            Duplicate(event.event_id, Trail.of(event, attempt))
            for event, attempt in zip(events, attempts, strict=True)
        ]
        async with self._database.connection() as connection:
            await tell_duplicates(connection, self.group_id, duplicates)

    async def _unless_down(self, settle: Callable[[], Awaitable[None]]) -> bool:
        """Settle; False when that has to wait because a dependency is down."""
        try:
            await settle()
        except Exception as error:
            if self._class_of(error) is not FailureClass.DEPENDENCY_DOWN:
                raise
            if self._held is None:  # told when it begins: it is tried again every second
                _log.warning("consumer.held", group=self.group_id, reason=str(error))
            self._held = f"group {self.group_id} holds its events: {error}"
            return False
        self._held = None
        return True

    async def _called(self, handler: Awaitable[None]) -> None:
        """Await the handler; a cancellation that is not of this task is a failure like others."""
        started = time.perf_counter()
        try:
            await handler
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            raise TransientError("something the handler waited for was cancelled") from error
        finally:
            self._metrics.handler_took(time.perf_counter() - started)

    def _class_of(self, error: Exception) -> FailureClass:
        return classify(error, self._consumer.failures)

    async def _pause(self) -> None:
        await set_within(self._stopping, _HOLD_S)

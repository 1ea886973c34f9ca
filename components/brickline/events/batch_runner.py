"""Runs one batch consumer: takes what has arrived, handles it together, and sees each event settled."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from brickline.events.batch_consumer import BatchConsumer
from brickline.events.batch_context import BatchContext
from brickline.events.bus import Deliveries, Delivery
from brickline.events.errors import AlreadySettled, GroupPaused
from brickline.events.failures import FailureClass
from brickline.events.group_runner import GroupRunner
from brickline.events.inbox import settled_of
from brickline.events.metrics import Outcome
from brickline.events.ordering import park, preceded
from brickline.schemas import BaseEvent, SchemaError, decode
from brickline.telemetry import get_logger, log_context

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A delivery whose event could be read."""

    delivery: Delivery
    event: BaseEvent[Any]


class BatchRunner(GroupRunner[BatchConsumer[Any]]):
    """Handles the deliveries of one group, up to `consumer.batch_size` together."""

    @property
    def _takers(self) -> int:
        """One where the order matters: a second batch would overtake the first."""
        return 1 if self._consumer.payload_type.ordered else self._consumer.concurrency

    async def _take(self, deliveries: Deliveries) -> None:
        while batch := await deliveries.take(self._consumer.batch_size):
            try:
                await self._see_settled(batch, deliveries)
            except GroupPaused:
                await _release(batch)
            except Exception:
                # What is committed is found in the inbox next time. A broken consumer must not spin on it.
                _log.exception("batch.not_settled", group=self.group_id, events=len(batch))
                await self._pause()
                await _release(batch)

    async def _see_settled(self, batch: Sequence[Delivery], deliveries: Deliveries) -> None:
        """Settle the batch, again and again while a dependency is down, then acknowledge it."""
        while not await self._unless_down(partial(self._read_and_settle, batch, deliveries)):
            if self._stopping.is_set():
                await _release(batch)
                return
            await self._pause()
        await deliveries.ack(batch)

    async def _read_and_settle(self, batch: Sequence[Delivery], deliveries: Deliveries) -> None:
        """Bury what cannot be read, and settle the rest."""
        taken = []
        for delivery in batch:
            body = delivery.message.body
            try:
                taken.append(_Taken(delivery, decode(body, self._consumer.payload_type)))
            except SchemaError as error:
                with log_context(group=self.group_id):
                    async with self._guard.burying(body, deliveries):
                        await self._settlement.fail(delivery.message, None, error, FailureClass.CONTRACT)
            else:
                self._guard.read_one()
        first, again = _apart(taken)
        await self._settle(first)
        await self._skip(again)  # now that there is a row to count them on

    async def _settle(self, taken: Sequence[_Taken]) -> None:
        """Handle what was not settled before: together, and one by one if that fails."""
        while taken := await self._in_turn(await self._without_duplicates(taken)):
            try:
                await self._handle(taken)
            except AlreadySettled:
                continue  # meanwhile, by another process: the next look tells which
            except Exception as error:
                failure = self._class_of(error)
                if failure is FailureClass.DEPENDENCY_DOWN:
                    raise
                await self._split_or_fail(taken, error, failure)
            return

    async def _split_or_fail(self, taken: Sequence[_Taken], error: Exception, failure: FailureClass) -> None:
        if len(taken) > 1:
            _log.warning("batch.split", group=self.group_id, events=len(taken), error=repr(error))
            for one in taken:
                await self._settle([one])
            return
        event = taken[0].event
        with log_context(group=self.group_id, trace_id=event.trace_id, event_id=str(event.event_id)):
            await self._settlement.fail(taken[0].delivery.message, event, error, failure)

    async def _without_duplicates(self, taken: Sequence[_Taken]) -> Sequence[_Taken]:
        """Leave out what the group has settled before."""
        if not taken:
            return ()
        async with self._database.connection() as connection:
            settled = await settled_of(connection, self.group_id, [one.event.event_id for one in taken])
        await self._skip([one for one in taken if one.event.event_id in settled])
        return [one for one in taken if one.event.event_id not in settled]

    async def _skip(self, duplicates: Sequence[_Taken]) -> None:
        if duplicates:
            self._metrics.ended(Outcome.DUPLICATE_SKIPPED, len(duplicates))
            attempts = [one.delivery.message.attempt for one in duplicates]
            await self._tell_duplicates([one.event for one in duplicates], attempts)

    async def _in_turn(self, taken: Sequence[_Taken]) -> Sequence[_Taken]:
        """Park what has to wait for an earlier event, and leave it out."""
        messages = [one.delivery.message for one in taken]
        early = await preceded(self._database, self.group_id, messages)
        for one in taken:
            if one.delivery.message in early:
                await park(self._outbox, self.group_id, one.delivery.message, one.event)
                self._metrics.ended(Outcome.PARKED)
        return [one for one in taken if one.delivery.message not in early] if early else taken

    async def _handle(self, taken: Sequence[_Taken]) -> None:
        events = [one.event for one in taken]
        context = BatchContext(
            events,
            [one.delivery.message.attempt for one in taken],
            group_id=self.group_id,
            outbox=self._outbox,
            publishes=self._consumer.publishes,
        )
        started = time.perf_counter()
        with log_context(group=self.group_id):
            try:
                await self._called(self._consumer.process_batch(events, context))
                if not context.settled:
                    async with context.transaction():
                        pass
            except Exception:
                if not context.settled:
                    raise
                # Its effects are committed: trying again would skip them, and dead letters would be untrue.
                _log.exception("batch.failed_after_commit", events=len(events))
            self._metrics.ended(Outcome.SETTLED, len(events))
            _log.info(
                "batch.settled",
                topic=self._consumer.payload_type.topic,
                events=len(events),
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
            )


def _apart(taken: Sequence[_Taken]) -> tuple[list[_Taken], list[_Taken]]:
    """Tell the first of each event from what came twice in the batch."""
    first: dict[UUID, _Taken] = {}
    again = [one for one in taken if first.setdefault(one.event.event_id, one) is not one]
    return list(first.values()), again


async def _release(batch: Sequence[Delivery]) -> None:
    for delivery in batch:
        await delivery.release()

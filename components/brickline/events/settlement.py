"""How a failed handling ends: retried, deferred, or buried. Each end is one transaction."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from brickline.events.announcements import given_up, is_announced, put_back
from brickline.events.attempts import record_failed
from brickline.events.bus import Message
from brickline.events.dead_letters import DeadLetter, bury
from brickline.events.duplicates import Duplicate, tell_duplicates
from brickline.events.error_text import describe
from brickline.events.errors import Deferred, EventExpired, TransientError
from brickline.events.failures import FailureClass
from brickline.events.group import ConsumerGroup
from brickline.events.hastening import waits_for
from brickline.events.identity import Identity
from brickline.events.inbox import record_settled
from brickline.events.metrics import GroupMetrics, Outcome
from brickline.events.outbox import Origin, Outbox, OutboxRow, Transaction
from brickline.events.trail import Trail
from brickline.schemas import BaseEvent
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_LONGEST_WAIT_S = 24 * 3600.0  # whatever a provider's Retry-After says
_LATEST = datetime.max.replace(tzinfo=UTC)  # what is later, in another zone, cannot be stored


class Settlement:
    """Ends the handling of deliveries for one consumer."""

    def __init__(self, consumer: ConsumerGroup[Any], outbox: Outbox, metrics: GroupMetrics) -> None:
        self._metrics = metrics
        self._consumer = consumer
        self._outbox = outbox

    async def fail(
        self, message: Message, event: BaseEvent[Any] | None, error: Exception, failure: FailureClass
    ) -> None:
        """Retry, defer or bury the event, by the class of its failure."""
        if event is None or failure in (FailureClass.CONTRACT, FailureClass.PERMANENT):
            await self.bury(message, error, failure.value)
        elif failure is not FailureClass.DEFERRED and self._consumer.retry.exhausted_by(message.attempt):
            await self.bury(message, error, "exhausted")
        else:
            await self._again_or_expire(message, event, error, failure)

    async def _again_or_expire(
        self, message: Message, event: BaseEvent[Any], error: Exception, failure: FailureClass
    ) -> None:
        now, retry = datetime.now(UTC), self._consumer.retry
        due_at = self._due_at(now, message, error)
        if retry.too_old_at(due_at, event.occurred_at):
            age_s, wait_s = (now - event.occurred_at).total_seconds(), (due_at - now).total_seconds()
            expired = EventExpired(
                f"it is {max(0.0, age_s):.1f} s old and would be tried again in {wait_s:.1f} s, past the "
                f"{retry.max_age_s:.1f} s that the group's max_age_s allows; it failed with {describe(error)}"
            )
            await self.bury(message, expired, "expired")
        else:
            await self._again(message, event, error, failure, due_at)

    def _due_at(self, now: datetime, message: Message, error: Exception) -> datetime:
        if isinstance(error, Deferred):
            return min(max(error.until, now), _LATEST)
        delay_s = self._consumer.retry.delay_s(message.attempt)
        if isinstance(error, TransientError) and error.retry_after_s is not None:
            delay_s = min(max(delay_s, error.retry_after_s), _LONGEST_WAIT_S)
        return now + timedelta(seconds=delay_s)

    async def _again(
        self,
        message: Message,
        event: BaseEvent[Any],
        error: Exception,
        failure: FailureClass,
        due_at: datetime,
    ) -> None:
        """Put the event back into the outbox, addressed to this group alone; announce what it waits for."""
        group_id = self._consumer.group_id
        attempt = message.attempt if failure is FailureClass.DEFERRED else message.attempt + 1
        # Topic and id are the event's own: those of the message are headers, that may be forged or missing.
        again = replace(
            message, topic=event.topic, event_id=event.event_id, group_id=group_id, attempt=attempt
        )
        reason = describe(error)
        trail = Trail.of(event, message.attempt)
        async with self._outbox.transaction(Origin.caused_by(event)) as tx:
            await record_failed(
                tx.connection, group_id, event.event_id, trail, failure=failure, error=error, due_at=due_at
            )
            why, word = f"{group_id}: {reason}", waits_for(error)
            tx.add(OutboxRow(again, event.tenant, event.trace_id, due_at, why, deferred_for=word))
            if announcement := put_back(event, group_id, error, due_at):
                await tx.publish(announcement)
        self._metrics.ended(Outcome.DEFERRED if failure is FailureClass.DEFERRED else Outcome.RETRIED)
        _log.warning("event.retry", attempt=attempt, due_at=due_at.isoformat(), error=reason)

    async def bury(self, message: Message, error: Exception, reason: str) -> None:
        """Write the dead letter, announce it, and settle the event so that duplicates are skipped."""
        dead = Identity.of(message)
        letter = DeadLetter(
            event_id=dead.event_id,
            group_id=self._consumer.group_id,
            topic=dead.topic,
            tenant=dead.tenant,
            trace_id=dead.trace_id,
            reason=reason,
            error=error,
            attempts=message.attempt,
            body=message.body,
        )
        async with self._outbox.transaction(dead.origin) as tx:
            buried = await _bury_once(tx, letter, dead.trail(message.attempt))
            if buried and self._is_mourned(dead):
                await tx.publish(given_up(letter, dead.subject))
        if not buried:
            self._metrics.ended(Outcome.DUPLICATE_SKIPPED)
            return
        self._metrics.dead_lettered(reason)
        _log.error(
            "event.dead_lettered", reason=reason, error=letter.error_text, fingerprint=letter.fingerprint
        )

    def _is_mourned(self, dead: Identity) -> bool:
        """Tell whether to announce it: nobody could tell what bytes that are no event are about."""
        return dead.envelope is not None and is_announced((dead.topic, self._consumer.payload_type.topic))


async def _bury_once(tx: Transaction, letter: DeadLetter, trail: Trail | None) -> bool:
    """Write letter, inbox row and attempt; False if the group has settled the event before."""
    group_id, event_id = letter.group_id, letter.event_id
    if not await record_settled(tx.connection, group_id, event_id, trail):
        await tell_duplicates(tx.connection, group_id, [Duplicate(event_id, trail)])
        return False
    await bury(tx.connection, letter)
    if trail:
        await record_failed(
            tx.connection, group_id, event_id, trail, failure=letter.reason, error=letter.error, due_at=None
        )
    return True

"""How a failed handling ends: retried, deferred, or buried. Each end is one transaction."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from brickline.events.attempts import record_failed
from brickline.events.bus import Message
from brickline.events.dead_letters import DeadLetter, bury
from brickline.events.error_text import describe
from brickline.events.errors import Deferred, TransientError
from brickline.events.failures import FailureClass
from brickline.events.group import ConsumerGroup
from brickline.events.inbox import record_settled
from brickline.events.outbox import Origin, Outbox, OutboxRow
from brickline.events.trail import Trail
from brickline.schemas import BaseEvent, Envelope, EventDeadLettered, UnreadableEvent, peek
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_UNREADABLE = UUID("8f6f2f2e-6d0a-5b0e-9f43-1c1f0c2f6b5a")  # namespace of ids for bytes that hold none
_NOBODY = "unknown"
_NO_TRACE = "f" * 32
_LONGEST_WAIT_S = 24 * 3600.0  # whatever a provider's Retry-After says


class Settlement:
    """Ends the handling of deliveries for one consumer."""

    def __init__(self, consumer: ConsumerGroup[Any], outbox: Outbox) -> None:
        self._consumer = consumer
        self._outbox = outbox

    async def fail(
        self, message: Message, event: BaseEvent[Any] | None, error: Exception, failure: FailureClass
    ) -> None:
        """Retry, defer or bury the event, by the class of its failure."""
        if event is None or failure in (FailureClass.CONTRACT, FailureClass.PERMANENT):
            await self.bury(message, error, failure.value)
        elif failure is FailureClass.DEFERRED:
            await self._again(message, event, message.attempt, error, failure)
        elif self._consumer.retry.exhausted_by(message.attempt):
            await self.bury(message, error, "exhausted")
        else:
            await self._again(message, event, message.attempt + 1, error, failure)

    def _due_at(self, message: Message, error: Exception) -> datetime:
        if isinstance(error, Deferred):
            return error.until
        delay_s = self._consumer.retry.delay_s(message.attempt)
        if isinstance(error, TransientError) and error.retry_after_s is not None:
            delay_s = min(max(delay_s, error.retry_after_s), _LONGEST_WAIT_S)
        return datetime.now(UTC) + timedelta(seconds=delay_s)

    async def _again(
        self, message: Message, event: BaseEvent[Any], attempt: int, error: Exception, failure: FailureClass
    ) -> None:
        """Put the event back into the outbox, addressed to this group alone."""
        group_id = self._consumer.group_id
        # Topic and id are the event's own: those of the message are headers, that may be forged or missing.
        again = replace(
            message, topic=event.topic, event_id=event.event_id, group_id=group_id, attempt=attempt
        )
        reason, due_at = describe(error), self._due_at(message, error)
        trail = Trail.of(event, message.attempt)
        async with self._outbox.transaction(Origin.caused_by(event)) as tx:
            await record_failed(
                tx.connection, group_id, event.event_id, trail, failure=failure, error=error, due_at=due_at
            )
            tx.add(OutboxRow(again, event.tenant, event.trace_id, due_at, f"{group_id}: {reason}"))
        _log.warning("event.retry", attempt=attempt, due_at=due_at.isoformat(), error=reason)

    async def bury(self, message: Message, error: Exception, reason: str) -> None:
        """Write the dead letter, announce it, and settle the event so that duplicates are skipped."""
        envelope = _peek(message.body)
        event_id = envelope.id if envelope else message.event_id or _id_of(message.body)
        letter = DeadLetter(
            event_id=event_id,
            group_id=self._consumer.group_id,
            topic=message.topic,
            tenant=envelope.tenant if envelope else None,
            trace_id=envelope.traceparent if envelope else None,
            reason=reason,
            error=error,
            attempts=message.attempt,
            body=message.body,
        )
        trail = Trail.of_envelope(envelope, message.attempt) if envelope else None
        async with self._outbox.transaction(_envelope_origin(envelope)) as tx:
            if not await record_settled(tx.connection, letter.group_id, letter.event_id, trail):
                _log.info("event.duplicate_skipped", reason=reason, error=letter.error_text)
                return
            await bury(tx.connection, letter)
            if trail:
                await record_failed(
                    tx.connection, letter.group_id, event_id, trail, failure=reason, error=error, due_at=None
                )
            if envelope and message.topic != EventDeadLettered.topic:  # or a failing reader would feed itself
                await tx.publish(_announcement(letter, envelope))
        _log.error(
            "event.dead_lettered", reason=reason, error=letter.error_text, fingerprint=letter.fingerprint
        )


def _announcement(letter: DeadLetter, envelope: Envelope) -> EventDeadLettered:
    return EventDeadLettered(
        event_id=letter.event_id,
        event_topic=letter.topic,
        group_id=letter.group_id,
        reason=letter.reason,
        error=letter.error_text,
        event_subject=envelope.subject,
    )


def _peek(body: bytes) -> Envelope | None:
    try:
        return peek(body)
    except UnreadableEvent:
        return None


def _id_of(body: bytes) -> UUID:
    """Give the same bytes the same id, so that their duplicates are skipped too."""
    return uuid5(_UNREADABLE, hashlib.sha256(body).hexdigest())


def _envelope_origin(envelope: Envelope | None) -> Origin:
    if envelope is None:
        return Origin(_NOBODY, _NO_TRACE)
    return Origin(envelope.tenant, envelope.traceparent, envelope.jobid, envelope.id)

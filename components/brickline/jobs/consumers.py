"""What moves a job on: events of the later tiers."""

from brickline.events import Consumer, EventContext
from brickline.jobs.job import Wait
from brickline.jobs.store import mark_analysed, mark_failed, mark_reported, mark_waiting
from brickline.schemas import AnalysisCompleted, EventDeadLettered, EventDeferred, ReportUpdated


class DocumentWaiting(Consumer[EventDeferred]):
    """An event of a document was put back until something is to be had, such as budget."""

    group_id = "jobs.waiting"

    async def process_message(self, event: EventDeferred, context: EventContext) -> None:
        """Note what for and until when; an event about no document concerns no job."""
        if event.document_id is None:
            return
        wait = Wait(what=event.waiting_for, until=event.until, detail=event.detail)
        async with context.transaction() as tx:
            await mark_waiting(tx, event.document_id, wait, context.event.occurred_at)


class DocumentAnalysed(Consumer[AnalysisCompleted]):
    """A document's insights exist."""

    group_id = "jobs.analysed"

    async def process_message(self, event: AnalysisCompleted, context: EventContext) -> None:
        """Note it."""
        async with context.transaction() as tx:
            await mark_analysed(tx, event.document_id)


class DocumentReported(Consumer[ReportUpdated]):
    """A document's insights can be read."""

    group_id = "jobs.reported"

    async def process_message(self, event: ReportUpdated, context: EventContext) -> None:
        """Note it."""
        async with context.transaction() as tx:
            await mark_reported(tx, event.document_id)


class DocumentFailed(Consumer[EventDeadLettered]):
    """Some tier gave up an event of a document."""

    group_id = "jobs.failed"

    async def process_message(self, event: EventDeadLettered, context: EventContext) -> None:
        """Note it and why; an event about no document concerns no job."""
        if event.document_id is None:
            return
        detail = f"{event.group_id} gave up {event.event_topic} ({event.reason}): {event.error}"
        async with context.transaction() as tx:
            await mark_failed(tx, event.document_id, event.event_topic, detail)

"""What keeps the read models: events of every tier, in whatever order they come."""

from brickline.events import Consumer, EventContext
from brickline.reporting.store import QUERIES
from brickline.schemas import AnalysisCompleted, DataProcessed, EventDeadLettered, ReportUpdated


class ProgressRecorder(Consumer[DataProcessed]):
    """A document is on its way, so that asking for its insights can be answered with how far it is."""

    group_id = "reporting.progress"

    async def process_message(self, event: DataProcessed, context: EventContext) -> None:
        """Record it, unless a later event was faster."""
        envelope = context.event
        async with context.transaction() as tx:
            await tx.connection.execute(
                QUERIES["record_progress"],
                event.document_id,
                envelope.tenant,
                envelope.job_id,
                envelope.trace_id,
                event.title,
                envelope.occurred_at,
            )


class InsightsRecorder(Consumer[AnalysisCompleted]):
    """A document's insights exist."""

    group_id = "reporting.insights"
    publishes = (ReportUpdated,)

    async def process_message(self, event: AnalysisCompleted, context: EventContext) -> None:
        """Record insights and themes, and announce that they can be read."""
        envelope, insights = context.event, event.insights
        async with context.transaction() as tx:
            await tx.connection.execute(
                QUERIES["record_insights"],
                event.document_id,
                envelope.tenant,
                envelope.job_id,
                envelope.trace_id,
                event.title,
                insights.summary,
                list(insights.themes),
                event.model,
                event.degraded,
                event.repaired,
                event.cost_micros,
                envelope.occurred_at,
            )
            await tx.connection.execute(QUERIES["forget_themes"], event.document_id)
            await tx.connection.execute(
                QUERIES["record_themes"], event.document_id, envelope.tenant, list(insights.themes)
            )
            await tx.publish(ReportUpdated(document_id=event.document_id))


class FailureRecorder(Consumer[EventDeadLettered]):
    """Some tier gave up an event of a document."""

    group_id = "reporting.failures"

    async def process_message(self, event: EventDeadLettered, context: EventContext) -> None:
        """Record why, so that asking for the insights is answered with it."""
        if event.document_id is None:
            return
        envelope = context.event
        async with context.transaction() as tx:
            await tx.connection.execute(
                QUERIES["record_failure"],
                event.document_id,
                envelope.tenant,
                envelope.job_id,
                envelope.trace_id,
                f"{event.group_id} gave up {event.event_topic} ({event.reason}): {event.error}",
            )

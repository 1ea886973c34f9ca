"""Who must receive what: the pipeline on one page."""

from collections.abc import Mapping
from types import MappingProxyType

from brickline.schemas.payloads import (
    PAYLOADS,
    AnalysisCompleted,
    DataProcessed,
    EventDeadLettered,
    EventDeferred,
    ReportUpdated,
)

ROUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        DataProcessed.topic: ("analysis", "reporting.progress"),
        AnalysisCompleted.topic: ("reporting.insights", "jobs.analysed"),
        ReportUpdated.topic: ("jobs.reported",),
        EventDeadLettered.topic: ("jobs.failed", "reporting.failures"),
        EventDeferred.topic: ("jobs.waiting",),
    }
)
"""Every consumer group by the topic it is bound to; a test holds this against the consumers that there are.

Publishers declare these groups' queues too. Otherwise an event published before one of the services was ever
started would go to the groups that exist, be confirmed, and never reach that one.
"""

ORDERED: frozenset[str] = frozenset(payload.topic for payload in PAYLOADS if payload.ordered)
"""The topics whose events are handled in order, by subject."""

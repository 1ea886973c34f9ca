"""What was accepted, beside what is there, and what of it belongs together."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from brickline.schemas import ROUTES, EventDeadLettered, EventDeferred
from chaos.evidence import Evidence, SettledRow
from chaos.ledger import Accepted, Ledger

_ANNOUNCEMENTS = {EventDeadLettered.topic, EventDeferred.topic}
TOPICS = {topic: frozenset(groups) for topic, groups in ROUTES.items() if topic not in _ANNOUNCEMENTS}
"""The events of a document that ends well, each published once, and the groups that settle each once."""


@dataclass(frozen=True)
class Books:
    """What was accepted, beside what is there."""

    ledger: Ledger
    evidence: Evidence

    @cached_property
    def settled(self) -> Mapping[UUID, tuple[SettledRow, ...]]:
        """What groups have settled, by trace; every document has a trace of its own."""
        found: defaultdict[UUID, list[SettledRow]] = defaultdict(list)
        for row in self.evidence.tables.settled:
            found[row.trace_id].append(row)
        return {trace_id: tuple(rows) for trace_id, rows in found.items()}

    @cached_property
    def dead(self) -> frozenset[UUID]:
        """The traces with a dead letter: they have ended, visibly, and not well."""
        return frozenset(row.trace_id for row in self.evidence.tables.dead_letters if row.trace_id)

    def has_insights(self, accepted: Accepted) -> bool:
        """Tell whether reporting shows the document's insights."""
        return self.evidence.tables.reports.get(accepted.document_id, False)

    @cached_property
    def lost(self) -> tuple[Accepted, ...]:
        """The accepted documents that have neither insights nor a dead letter."""
        return tuple(
            accepted
            for accepted in self.ledger.accepted
            if not self.has_insights(accepted) and accepted.trace_id not in self.dead
        )

    @cached_property
    def well(self) -> tuple[Accepted, ...]:
        """The accepted documents that must have left every trace exactly once."""
        return tuple(
            accepted
            for accepted in self.ledger.accepted
            if self.has_insights(accepted) and accepted.trace_id not in self.dead
        )

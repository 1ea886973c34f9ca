"""What the tier remembers of each document: the insights of its parts, until all are there."""

from dataclasses import dataclass
from uuid import UUID

from brickline.events import Transaction
from brickline.persistence import Migrations, Queries
from brickline.schemas import DataProcessed, Insights

MIGRATIONS = Migrations(__package__)
"""The tables of analyses and their parts."""

_QUERIES = Queries(__package__)


@dataclass(frozen=True, slots=True)
class PartInsights:
    """What one model found in one part."""

    insights: Insights
    model: str


async def save_insights(tx: Transaction, event: DataProcessed, found: PartInsights) -> bool:
    """Save what was found in one part; True for the part that completes its document.

    Counting the part locks the document's row, so that of two parts that end together one sees the other.
    """
    await tx.connection.execute(
        _QUERIES["save_part"],
        event.document_id,
        event.part,
        found.insights.summary,
        list(found.insights.themes),
        found.model,
    )
    done = await tx.connection.fetchval(
        _QUERIES["count_part"], event.document_id, tx.origin.tenant, event.parts
    )
    return bool(done == event.parts)


async def read_insights(tx: Transaction, document_id: UUID) -> list[PartInsights]:
    """Return what was found in the parts, in their order."""
    rows = await tx.connection.fetch(_QUERIES["read_parts"], document_id)
    return [
        PartInsights(Insights(summary=row["summary"], themes=tuple(row["themes"])), row["model"])
        for row in rows
    ]

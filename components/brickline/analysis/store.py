"""What the tier remembers of each document: the insights of its parts, until all are there."""

from uuid import UUID

from brickline.analysis.findings import Findings
from brickline.events import Transaction
from brickline.persistence import Migrations, Queries
from brickline.schemas import DataProcessed, Insights

MIGRATIONS = Migrations(__package__)
"""The tables of analyses and their parts."""

_QUERIES = Queries(__package__)


async def save_findings(tx: Transaction, event: DataProcessed, found: Findings) -> bool:
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
        found.degraded,
        found.repaired,
        found.cost_micros,
    )
    done = await tx.connection.fetchval(
        _QUERIES["count_part"], event.document_id, tx.origin.tenant, event.parts
    )
    return bool(done == event.parts)


async def read_findings(tx: Transaction, document_id: UUID) -> list[Findings]:
    """Return what was found in the parts, in their order."""
    rows = await tx.connection.fetch(_QUERIES["read_parts"], document_id)
    return [
        Findings(
            Insights(summary=row["summary"], themes=tuple(row["themes"])),
            row["model"],
            degraded=row["degraded"],
            repaired=row["repaired"],
            cost_micros=row["cost_micros"],
        )
        for row in rows
    ]

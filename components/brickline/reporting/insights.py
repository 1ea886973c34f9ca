"""One document's insights, or how far it is from having some."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import asyncpg
from pydantic import BaseModel, ConfigDict, Field

from brickline.persistence import Connection
from brickline.reporting.store import QUERIES
from brickline.schemas import Insights

_MICROS = 1_000_000


class DocumentInsights(BaseModel):
    """What was found in one document, what found it, and what that cost."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    job_id: UUID | None
    trace_id: str
    title: str
    model: Annotated[
        str, Field(description="As its provider names it; several, with commas, for a long one.")
    ]
    degraded: Annotated[
        bool, Field(description="A cheaper model answered, where the budget had no room for a better one.")
    ] = False
    repaired: Annotated[
        bool, Field(description="The model's first answer did not fit, and it put it right.")
    ] = False
    cost_usd: Annotated[
        float,
        Field(ge=0, description="What the models charged for it, in US dollars with up to six decimals."),
    ] = 0.0
    insights: Insights
    analysed_at: datetime

    @classmethod
    def _of(cls, row: asyncpg.Record) -> Self:
        return cls(
            document_id=row["document_id"],
            job_id=row["job_id"],
            trace_id=row["trace_id"],
            title=row["title"],
            model=row["model"],
            degraded=row["degraded"],
            repaired=row["repaired"],
            cost_usd=row["cost_micros"] / _MICROS,
            insights=Insights(summary=row["summary"], themes=tuple(row["themes"])),
            analysed_at=row["analysed_at"],
        )


@dataclass(frozen=True, slots=True)
class InsightsPending:
    """There are no insights yet; `progress` says in a sentence how far the document is."""

    document_id: UUID
    progress: str


async def read_insights(
    connection: Connection, tenant: str, document_id: UUID
) -> DocumentInsights | InsightsPending:
    """Return the insights of the tenant's document, or how far it is."""
    row = await connection.fetchrow(QUERIES["read_document"], tenant, document_id)
    if row is not None and row["summary"] is not None:
        return DocumentInsights._of(row)
    return InsightsPending(document_id, _progress(document_id, row))


def _progress(document_id: UUID, row: asyncpg.Record | None) -> str:
    if row is None:
        return (
            f"No document {document_id} is known here. "
            "If it was accepted a moment ago, it arrives within seconds: see its job."
        )
    if row["failure"] is not None:
        return f"Document {document_id} was accepted but not analysed: {row['failure']}"
    return (
        f"Document {document_id}, '{row['title']}', was accepted at "
        f"{row['accepted_at']:%Y-%m-%dT%H:%M:%SZ} and is being analysed: ask again shortly."
    )

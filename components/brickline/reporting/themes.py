"""The report across documents: which themes are shared by how many."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from brickline.persistence import Connection
from brickline.reporting.store import QUERIES


class ThemeDocument(BaseModel):
    """A document that has a theme."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    title: str


class Theme(BaseModel):
    """A theme, spelled as most documents spell it, and the documents that have it, oldest first.

    Spellings that differ in case, plural or ending count as one theme.
    """

    model_config = ConfigDict(frozen=True)

    theme: str
    count: int
    documents: tuple[ThemeDocument, ...]


class ThemeReport(BaseModel):
    """Themes by how many documents share them; of those equal in that, what their documents rank highest."""

    model_config = ConfigDict(frozen=True)

    documents: int
    """All analysed documents of the tenant, whether or not a theme of theirs is listed."""
    themes: tuple[Theme, ...]
    generated_at: datetime


async def read_theme_report(connection: Connection, tenant: str, *, limit: int = 20) -> ThemeReport:
    """Return the tenant's report with at most `limit` themes."""
    documents = await connection.fetchval(QUERIES["count_documents"], tenant)
    rows = await connection.fetch(QUERIES["read_themes"], tenant, limit)
    return ThemeReport(
        documents=documents,
        themes=tuple(
            Theme(
                theme=row["theme"],
                count=len(row["document_ids"]),
                documents=tuple(
                    ThemeDocument(document_id=document_id, title=title)
                    for document_id, title in zip(row["document_ids"], row["titles"], strict=True)
                ),
            )
            for row in rows
        ),
        generated_at=datetime.now(UTC),
    )

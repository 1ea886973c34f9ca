"""`GET /documents/{id}/insights` and `GET /reports/themes`: one hop, from this service's own tables."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from brickline.persistence import Database
from brickline.reporting import (
    DocumentInsights,
    InsightsPending,
    ThemeReport,
    read_insights,
    read_theme_report,
)
from brickline.web import CurrentRequest, Problem

Limit = Annotated[int, Query(ge=1, le=500, description="At most so many themes.")]


def reads_router(database: Database) -> APIRouter:
    """Make the routes that answer questions about results."""
    router = APIRouter(tags=["results"])

    @router.get("/documents/{document_id}/insights")
    async def get_insights(document_id: UUID, request: CurrentRequest) -> DocumentInsights:
        """Return what was found in a document; while there is nothing, a 404 that says how far it is."""
        async with database.connection() as connection:
            found = await read_insights(connection, request.tenant, document_id)
        if isinstance(found, InsightsPending):
            raise Problem(status.HTTP_404_NOT_FOUND, found.progress)
        return found

    @router.get("/reports/themes")
    async def get_theme_report(request: CurrentRequest, limit: Limit = 20) -> ThemeReport:
        """Return the themes that documents share, most shared first."""
        async with database.connection() as connection:
            return await read_theme_report(connection, request.tenant, limit=limit)

    return router

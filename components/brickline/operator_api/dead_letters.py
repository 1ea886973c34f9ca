"""`/operator/dead-letters`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import Field
from pydantic_core import to_json

from brickline.events import (
    DeadLetterDesk,
    DeadLetterError,
    DiscardReport,
    LetterClosed,
    LetterDetail,
    LetterFilter,
    LetterGroup,
    LetterPage,
    ReplayOrder,
    ReplayReport,
    UnknownLetter,
)
from brickline.operator_api.bodies import DiscardBody, ReplayBody
from brickline.persistence import Database
from brickline.web import CurrentOperator, Problem


class PageQuery(LetterFilter):
    """A filter, and which page."""

    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: Annotated[str | None, Field(max_length=500)] = None


def dead_letters_router(databases: Mapping[str, Database]) -> APIRouter:
    """Make the routes over the dead letters of these services, each by its name."""
    router = APIRouter(prefix="/operator/dead-letters", tags=["operators"])
    desk = DeadLetterDesk(databases)

    @router.get("")
    async def get_dead_letters(query: Annotated[PageQuery, Query()]) -> LetterPage:
        """List dead letters, newest first."""
        with _refusals():
            return await desk.page(_filter(query), limit=query.limit, cursor=query.cursor)

    @router.get("/groups")
    async def get_groups(query: Annotated[LetterFilter, Query()]) -> tuple[LetterGroup, ...]:
        """Count dead letters by what failed alike, most first."""
        with _refusals():
            return await desk.groups(query)

    @router.get("/{dead_letter_id}")
    async def get_dead_letter(dead_letter_id: UUID) -> LetterDetail:
        """Show all of one dead letter: its body, and what became of its event."""
        with _refusals():
            return await desk.show(dead_letter_id)

    @router.post("/replay")
    async def post_replay(body: ReplayBody, operator: CurrentOperator) -> ReplayReport:
        """Send events to their groups again."""
        with _refusals():
            order = ReplayOrder(
                by=operator, **body.model_dump(include={"dry_run", "canary", "canary_timeout_s", "rate"})
            )
            if body.event is not None and body.ids is not None:
                return await desk.replay_edited(body.ids[0], to_json(body.event), order)
            return await desk.replay(body.wanted(), order)

    @router.post("/discard")
    async def post_discard(body: DiscardBody, operator: CurrentOperator) -> DiscardReport:
        """Close dead letters for good; they can still be read."""
        with _refusals():
            return await desk.discard(body.wanted(), by=operator, reason=body.reason, dry_run=body.dry_run)

    return router


def _filter(query: PageQuery) -> LetterFilter:
    return LetterFilter(**query.model_dump(exclude={"limit", "cursor"}))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except UnknownLetter as error:
        raise Problem(status.HTTP_404_NOT_FOUND, str(error)) from error
    except LetterClosed as error:
        raise Problem(status.HTTP_409_CONFLICT, str(error)) from error
    except DeadLetterError as error:
        raise Problem(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error

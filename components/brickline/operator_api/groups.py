"""`/operator/groups`."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from fastapi import APIRouter, status

from brickline.events import GroupError, GroupNotPaused, PauseDesk, PausedGroup, UnknownGroup
from brickline.persistence import Database
from brickline.schemas import ROUTES
from brickline.web import Problem


def groups_router(
    databases: Mapping[str, Database], routes: Mapping[str, Collection[str]] = ROUTES
) -> APIRouter:
    """Make the routes over the paused consumer groups of these services, each by its name."""
    router = APIRouter(prefix="/operator/groups", tags=["operators"])
    desk = PauseDesk(databases, routes)

    @router.get("")
    async def get_paused_groups() -> tuple[PausedGroup, ...]:
        """List the consumer groups that are paused: since when, why, and what waits for them."""
        with _refusals():
            return await desk.paused()

    @router.post("/{group_id}/resume")
    async def post_resume(group_id: str) -> PausedGroup:
        """Let a paused group go on; the answer is the pause that is over.

        If what waits can still not be read, the group pauses again. Its dead letters stay until they are
        replayed.
        """
        with _refusals():
            return await desk.resume(group_id)

    return router


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except UnknownGroup as error:
        raise Problem(status.HTTP_404_NOT_FOUND, str(error)) from error
    except GroupNotPaused as error:
        raise Problem(status.HTTP_409_CONFLICT, str(error)) from error
    except GroupError as error:
        raise Problem(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error

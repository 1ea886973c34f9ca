"""What each subcommand of `brickline groups` does, from its options to its exit code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from brickline.events import PauseDesk
from brickline.schemas import ROUTES
from brickline.standalone import groups_tables as tables
from brickline.standalone.commands import exit_code
from brickline.standalone.dlq_options import Where
from brickline.standalone.operator_database import service_databases

__all__ = ["Where", "list_paused", "resume"]


def list_paused(where: Where, *, as_json: bool) -> int:
    """Print the paused groups."""

    async def run() -> None:
        async with _desk(where) as desk:
            groups = await desk.paused()
        tables.print_paused_json(groups) if as_json else tables.show_paused(groups)

    return exit_code(run)


def resume(where: Where, group_id: str, *, as_json: bool) -> int:
    """Let a group go on, and print which pause is over."""

    async def run() -> None:
        async with _desk(where) as desk:
            ended = await desk.resume(group_id)
        tables.print_json(ended) if as_json else tables.show_resumed(ended)

    return exit_code(run)


@asynccontextmanager
async def _desk(where: Where) -> AsyncIterator[PauseDesk]:
    async with service_databases(where.data, where.database_url) as databases:
        desk = PauseDesk(databases, ROUTES)
        await desk.check()
        yield desk

"""What each subcommand of `brickline dlq` does, from its options to its exit code."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from brickline.embedded import dsn_of_running, holds_data
from brickline.events import (
    CanaryOutcome,
    DeadLetterDesk,
    DeadLetterError,
    LetterFilter,
    ReplayOrder,
    ReplayReport,
    WrongRequest,
)
from brickline.standalone import dlq_tables as tables
from brickline.standalone.commands import exit_code
from brickline.standalone.data_folder import DEFAULT_DATA
from brickline.standalone.dlq_options import How, Wanted, Where, name_of, read_edit
from brickline.standalone.operator_database import service_databases

__all__ = ["How", "Wanted", "Where", "count_groups", "discard", "list_letters", "replay", "show_letter"]


class CanaryFailed(DeadLetterError):
    """Raised after a replay of which something was held back."""


def list_letters(where: Where, wanted: Wanted, limit: int, cursor: str | None, *, as_json: bool) -> int:
    """Print a page of letters."""

    async def run() -> None:
        letters = wanted.filter()
        async with _desk(where) as desk:
            page = await desk.page(letters, limit=limit, cursor=cursor)
        tables.print_json(page) if as_json else tables.show_page(page)

    return exit_code(run)


def count_groups(where: Where, wanted: Wanted, *, as_json: bool) -> int:
    """Print what failed alike."""

    async def run() -> None:
        letters = wanted.filter()
        async with _desk(where) as desk:
            groups = await desk.groups(letters)
        tables.print_groups_json(groups) if as_json else tables.show_groups(groups)

    return exit_code(run)


def show_letter(where: Where, letter_id: UUID, *, as_json: bool) -> int:
    """Print everything about one letter."""

    async def run() -> None:
        async with _desk(where) as desk:
            letter = await desk.show(letter_id)
        tables.print_json(letter) if as_json else tables.show_letter(letter)

    return exit_code(run)


def replay(where: Where, wanted: Wanted, how: How, edit: str | None, *, as_json: bool) -> int:
    """Replay, print what was done, and fail where a canary was not settled."""

    async def run() -> None:
        letters, order = wanted.chosen(), how.order()
        if edit is not None and len(set(wanted.ids or ())) != 1:
            raise WrongRequest("--edit gives another body for one letter: name that letter by its id.")
        body = None if edit is None else read_edit(edit)
        _refuse_waiting_in_vain(where, order)
        async with _desk(where) as desk:
            if body is not None and letters.ids is not None:
                report = await desk.replay_edited(letters.ids[0], body, order)
            else:
                report = await _replay_with_progress(desk, letters, order)
        tables.print_json(report) if as_json else tables.show_replay(report)
        _fail_for_canaries(report)

    return exit_code(run)


def discard(
    where: Where, wanted: Wanted, because: str, by: str | None, *, dry_run: bool, as_json: bool
) -> int:
    """Discard, and print what was."""

    async def run() -> None:
        letters = wanted.chosen()
        if not because.strip():
            raise WrongRequest("--because is empty: say why they are discarded, it stays with the letters.")
        async with _desk(where) as desk:
            report = await desk.discard(letters, by=name_of(by), reason=because, dry_run=dry_run)
        tables.print_json(report) if as_json else tables.show_discard(report)

    return exit_code(run)


@asynccontextmanager
async def _desk(where: Where) -> AsyncIterator[DeadLetterDesk]:
    async with service_databases(where.data, where.database_url) as databases:
        desk = DeadLetterDesk(databases)
        await desk.check()
        yield desk


async def _replay_with_progress(
    desk: DeadLetterDesk, letters: LetterFilter, order: ReplayOrder
) -> ReplayReport:
    if order.dry_run:
        return await desk.replay(letters, order)
    columns = (TextColumn("Replaying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # On stderr, because stdout is for results.
    with Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True)) as progress:
        task = progress.add_task("canaries first" if order.canary else "", total=None)
        return await desk.replay(
            letters,
            order,
            on_found=lambda count: progress.update(task, total=count),
            on_replayed=lambda count: progress.advance(task, count),
        )


def _refuse_waiting_in_vain(where: Where, order: ReplayOrder) -> None:
    """Refuse a canary where the only process that could send it is known to rest."""
    in_directory = where.database_url is None and (where.data or not os.environ.get("BRICKLINE_DATABASE_URL"))
    if not in_directory or not order.canary or order.dry_run:
        return
    data = where.data or DEFAULT_DATA
    try:
        rests = holds_data(data / "postgres") and dsn_of_running(data / "postgres") is None
    except OSError:  # a directory that may not be read is refused where it is opened
        return
    if rests:
        raise WrongRequest(
            f"Nothing serves from {data} now, so nothing would send a canary. Start `brickline up` on it and "
            "replay then, or give --no-canary: the events are sent at the next start. Nothing was done."
        )


def _fail_for_canaries(report: ReplayReport) -> None:
    failed = [canary for canary in report.canaries if canary.outcome is not CanaryOutcome.SETTLED]
    if failed:
        first = failed[0]
        kinds = "1 canary was" if len(failed) == 1 else f"{len(failed)} canaries were"
        others = f", so {report.held_back:,} more of the same kind stay dead" if report.held_back else ""
        raise CanaryFailed(
            f"{kinds} not settled{others}. {first.dead_letter_id}: {first.outcome}. {first.detail}"
        )

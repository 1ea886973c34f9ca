"""An operator's work on the dead letters of one or several services."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from brickline.events.bus import UNROUTED
from brickline.events.dead_letters.closing import discard
from brickline.events.dead_letters.cursor import Cursor
from brickline.events.dead_letters.errors import (
    LetterClosed,
    NoEventInside,
    NoReceiver,
    TablesMissing,
    UnknownLetter,
    UnknownService,
    WrongRequest,
)
from brickline.events.dead_letters.reading import by_size, read_detail, read_groups, read_page
from brickline.events.dead_letters.records import (
    DiscardReport,
    LetterDetail,
    LetterGroup,
    LetterPage,
    LetterState,
    ReplayReport,
)
from brickline.events.dead_letters.replay import OnLetters, ReplayOrder, ReplayRun, edit_and_watch
from brickline.events.dead_letters.selection import LetterFilter
from brickline.events.dead_letters.sql import QUERIES
from brickline.persistence import Database
from brickline.schemas import ROUTES

MAX_PAGE = 500


class DeadLetterDesk:
    """Reads, replays and discards; `databases` holds each service's schema by the service's name.

    `routes` tells which groups receive a topic: what none did is replayed to them once there are some.

    Whatever is refused is a `DeadLetterError`, raised before anything is changed.
    """

    def __init__(
        self, databases: Mapping[str, Database], routes: Mapping[str, Collection[str]] = ROUTES
    ) -> None:
        self._databases = dict(databases)
        self._routes = routes

    async def check(self) -> None:
        """Raise `TablesMissing` for a service that was last started by a version without these tables."""
        for database in self._databases.values():
            async with database.connection() as connection:
                if not await connection.fetchval(QUERIES["has_tables"]):
                    raise TablesMissing(
                        f"The tables of the service {database.schema} are of an older version: "
                        "start the service once with this version, and it brings them up to date."
                    )

    async def page(self, wanted: LetterFilter, *, limit: int = 50, cursor: str | None = None) -> LetterPage:
        """Return letters, newest first, at most `limit` (1 to 500); `cursor` is the page's before."""
        if not 1 <= limit <= MAX_PAGE:
            raise WrongRequest(f"A page has 1 to {MAX_PAGE} letters, not {limit}.")
        after = Cursor.parse(cursor) if cursor is not None else None
        found = [
            letter
            for database in self._meant(wanted)
            for letter in await read_page(database, wanted, limit + 1, after)
        ]
        items = sorted(found, key=Cursor.at, reverse=True)
        more = str(Cursor.at(items[limit - 1])) if len(items) > limit else None
        return LetterPage(items=tuple(items[:limit]), next_cursor=more)

    async def groups(self, wanted: LetterFilter) -> tuple[LetterGroup, ...]:
        """Return what failed alike, most letters first."""
        return by_size(
            [group for database in self._meant(wanted) for group in await read_groups(database, wanted)]
        )

    async def show(self, letter_id: UUID) -> LetterDetail:
        """Return everything about one letter. Raises `UnknownLetter`."""
        for database in self._databases.values():
            if found := await read_detail(database, letter_id):
                return found
        raise _unknown([letter_id])

    async def replay(
        self,
        wanted: LetterFilter,
        order: ReplayOrder,
        *,
        on_found: OnLetters | None = None,
        on_replayed: OnLetters | None = None,
    ) -> ReplayReport:
        """Replay the dead letters that match; those named by id must all be dead and hold an event.

        `on_found` is told how many there are to replay, `on_replayed` of how many more were.
        """
        wanted = await self._dead(wanted, with_event=True)
        groups = await self.groups(wanted)
        self._refuse_unreceived(groups)
        if on_found is not None:
            on_found(sum(group.letters - group.without_event for group in groups))
        run = ReplayRun(self._meant(wanted), wanted, order, on_replayed)
        if not order.dry_run:
            await run.carry_out()
        return run.report(groups)

    async def replay_edited(self, letter_id: UUID, body: bytes, order: ReplayOrder) -> ReplayReport:
        """Replay one letter with another body and keep its own. Raises `UnfitEdit`."""
        wanted = await self._dead(LetterFilter(ids=(letter_id,)), with_event=False)
        groups = await self.groups(wanted)
        if not groups:
            raise LetterClosed(f"The dead letter {letter_id} was replayed or discarded meanwhile.")
        self._refuse_unreceived(groups)
        database = self._databases[groups[0].service]
        return await edit_and_watch(database, groups, letter_id, body, order)

    async def discard(
        self, wanted: LetterFilter, *, by: str, reason: str, dry_run: bool = False
    ) -> DiscardReport:
        """Close the dead letters that match, for good; the rows stay."""
        if not reason.strip():
            raise WrongRequest("Discarding wants a reason: it stays with the letters.")
        wanted = await self._dead(wanted, with_event=False)
        groups = await self.groups(wanted)
        count = 0
        if not dry_run:
            for database in self._meant(wanted):
                count += await discard(database, wanted, by, reason.strip())
        return DiscardReport(dry_run=dry_run, groups=groups, discarded=count)

    def _meant(self, wanted: LetterFilter) -> list[Database]:
        if wanted.service is None:
            return list(self._databases.values())
        if wanted.service not in self._databases:
            raise UnknownService(
                f"There is no service {wanted.service!r} here; there is {', '.join(self._databases)}."
            )
        return [self._databases[wanted.service]]

    def _refuse_unreceived(self, groups: Iterable[LetterGroup]) -> None:
        topics = {group.topic for group in groups if group.group_id == UNROUTED}
        if unreceived := sorted(topics - self._routes.keys()):
            raise NoReceiver(
                f"No group receives events of {', '.join(map(repr, unreceived))}: route the topic and start "
                "its services, or leave these letters out. Nothing was done."
            )

    async def _dead(self, wanted: LetterFilter, *, with_event: bool) -> LetterFilter:
        """Narrow to letters that are dead; refuse ids of which one is not."""
        if wanted.state not in (None, LetterState.DEAD):
            raise WrongRequest(f"Only dead letters can be replayed or discarded, not those {wanted.state}.")
        if wanted.ids is not None:
            await self._check(wanted, wanted.ids, with_event=with_event)
        return wanted.model_copy(update={"state": LetterState.DEAD})

    async def _check(self, wanted: LetterFilter, ids: Iterable[UUID], *, with_event: bool) -> None:
        missing = set(ids)
        if not missing:
            raise WrongRequest("No dead letter is named.")
        for database in self._meant(wanted):
            async with database.connection() as connection:
                rows = await connection.fetch(QUERIES["states_of"], list(missing))
            for row in rows:
                letter_id = row["dead_letter_id"]
                missing.discard(letter_id)
                if row["state"] != LetterState.DEAD:
                    raise LetterClosed(
                        f"The dead letter {letter_id} was {row['state']} at {row['closed_at'].isoformat()} "
                        f"by {row['closed_by']}; a letter ends once. Nothing was done."
                    )
                if with_event and row["without_event"]:
                    raise NoEventInside(
                        f"The bytes of the dead letter {letter_id} hold no event, so it can only be replayed "
                        "with an edited body. Nothing was done."
                    )
        if missing:
            raise _unknown(missing)


def _unknown(ids: Iterable[UUID]) -> UnknownLetter:
    return UnknownLetter(f"There is no dead letter {', '.join(sorted(map(str, ids)))}. Nothing was done.")

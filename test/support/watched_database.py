"""A database whose statements pass the points of the protocol."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import asyncpg

from brickline.persistence import Connection, Database, Queries
from support.crash_points import Life, Point

# By the names of the product's statements: one that is renamed there is missed here with an error.
_BEFORE = {"outbox_delete": Point.DELETING}
_CLAIM = "outbox_claim"
_AFTER = {
    _CLAIM: Point.CLAIMED,
    "outbox_delete": Point.DELETED,
    "outbox_hand_back": Point.HANDED_BACK,
}
# A transaction is told by what is written in it, the first that fits.
_COMMITS: Mapping[str, tuple[Point, Point]] = {
    "bury": (Point.BURYING, Point.BURIED),
    "attempt_add": (Point.RETRYING, Point.RETRIED),
    "inbox_record": (Point.SETTLING, Point.SETTLED),
    "inbox_record_batch": (Point.SETTLING, Point.SETTLED),
    "outbox_add": (Point.PUBLISHING, Point.PUBLISHED),
}
_FILES = {
    "bury": Queries("brickline.events.dead_letters"),
    "attempt_add": Queries("brickline.events", "timeline.sql"),
}
_EVENTS = Queries("brickline.events")
_NAMES = {_FILES.get(name, _EVENTS)[name]: name for name in {*_BEFORE, *_AFTER, *_COMMITS}}


class WatchedDatabase(Database):
    """Lends connections that die with `life`, once it is given one."""

    life: Life | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        async with super().connection() as connection:
            if self.life is None:
                yield connection
                return
            self.life.check()
            self._lent.add(connection)
            try:
                yield cast(Connection, _Watched(connection, self.life))
            finally:
                self._lent.discard(connection)

    def abort(self) -> None:
        """Break every connection that is in use, without a farewell to the server."""
        for connection in self._lent:
            with suppress(asyncpg.InterfaceError):  # the pool has it back already
                # Not terminate(), which pulls it from under whoever waits on it with an AttributeError.
                cast(Any, connection)._transport.abort()

    @property
    def _lent(self) -> set[Connection]:
        lent: set[Connection] = self.__dict__.setdefault("lent", set())
        return lent


class _Watched:
    """A lent connection that says where its process is."""

    def __init__(self, connection: Connection, life: Life) -> None:
        self._connection = connection
        self._life = life
        self._said: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self._life.check()
        return getattr(self._connection, name)

    async def execute(self, query: str, *arguments: Any) -> Any:
        return await self._say(self._connection.execute, query, arguments)

    async def fetch(self, query: str, *arguments: Any) -> Any:
        return await self._say(self._connection.fetch, query, arguments)

    async def fetchrow(self, query: str, *arguments: Any) -> Any:
        return await self._say(self._connection.fetchrow, query, arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        return await self._say(self._connection.fetchval, query, arguments)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self._life.check()
        self._said.clear()
        async with self._connection.transaction():
            yield
            before, after = next((_COMMITS[name] for name in _COMMITS if name in self._said), (None, None))
            self._reach(before)
        self._reach(after, done=True)

    async def _say(
        self, say: Callable[..., Awaitable[Any]], query: str, arguments: tuple[object, ...]
    ) -> Any:
        name = _NAMES.get(query, "")
        self._said.add(name)
        self._reach(_BEFORE.get(name))
        self._life.check()
        answer = await say(query, *arguments)
        if name != _CLAIM or any(row["id"] is not None for row in answer):  # a claim of nothing is none
            self._reach(_AFTER.get(name), done=True)
        return answer

    def _reach(self, point: Point | None, *, done: bool = False) -> None:
        """Be at a point, if it is one. What was `done` when the connection broke, nobody was told of."""
        self._life.check()
        if point is not None and self._life.reach(point) and done:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

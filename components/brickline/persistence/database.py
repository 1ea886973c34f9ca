"""One service's Postgres: a pool of connections that see that service's schema only."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Self
from urllib.parse import parse_qs

import asyncpg

from brickline.persistence.connection import Connection, HonestConnection
from brickline.persistence.errors import DatabaseUnavailable, PersistenceError

_SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # when the server's farewell has been read and its end of the line not yet
)
"""What asyncpg raises when the server, or the way to it, broke under a statement."""

_CONNECT_TIMEOUT_S = 5.0
_ACQUIRE_TIMEOUT_S = 30.0
_RELEASE_TIMEOUT_S = 5.0


class Database:
    """A pool whose every connection has `search_path` set to one schema; SQL names tables without it."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", schema: str, where: str) -> None:
        self._pool = pool
        self._where = where
        self.schema = schema

    @classmethod
    @asynccontextmanager
    async def connect(cls, dsn: str, *, schema: str, pool_size: int = 10) -> AsyncIterator[Self]:
        """Open the pool, creating `schema` if it is missing, and close it at the end.

        Raises `DatabaseUnavailable` with host, port and database when no connection can be made.
        """
        if not _SCHEMA_NAME.fullmatch(schema):
            raise PersistenceError(f"{schema!r} is no schema name: use lower-case letters, digits and _")
        pool = asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=pool_size,
            timeout=_CONNECT_TIMEOUT_S,
            connection_class=HonestConnection,
            server_settings={"search_path": schema, "application_name": f"brickline {schema}"},
        )
        database = cls(pool, schema, _address(dsn))
        try:
            with database._unavailable_at_start():
                await pool
            async with database.connection() as connection:
                await _create_schema(connection, schema)
            yield database
        finally:
            pool.terminate() if pool.is_closing() else await _close(pool)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Borrow a connection. Raises `DatabaseUnavailable` at once or when it breaks in use."""
        with self._unavailable_at_start():
            acquired = await self._pool.acquire(timeout=_ACQUIRE_TIMEOUT_S)
        try:
            with self._unavailable_in_use(acquired):
                yield acquired
        finally:
            # The pool throws a connection away that broke meanwhile: no reason to fail what was done on it.
            with suppress(OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError, *GONE):
                await self._pool.release(acquired, timeout=_RELEASE_TIMEOUT_S)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Borrow a connection in a transaction: committed at the end, rolled back on any exception."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def check(self) -> str | None:
        """Readiness: None, or why the database cannot be used."""
        try:
            async with self.connection() as connection:
                await connection.execute("select 1")
        except DatabaseUnavailable as error:
            return str(error)
        return None

    @contextmanager
    def _unavailable_at_start(self) -> Iterator[None]:
        try:
            yield
        except ValueError:
            # Not chained: the library quotes what it took for the port, and that may be of the password.
            raise PersistenceError(
                "the address of the database cannot be read: write postgresql://user:password@host:port/name "
                "with special characters percent-encoded (/ is %2F, @ is %40)"
            ) from None
        except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError, *GONE) as error:
            raise DatabaseUnavailable(
                f"Postgres at {self._where} cannot be used: {error or type(error).__name__}. "
                "Check that it runs and that the address, user and password are right."
            ) from error

    @contextmanager
    def _unavailable_in_use(self, connection: Connection) -> Iterator[None]:
        try:
            yield
        except GONE as error:
            raise DatabaseUnavailable(f"Postgres at {self._where} went away: {error}") from error
        except asyncpg.InterfaceError as error:
            if not _is_gone(connection):
                raise
            raise DatabaseUnavailable(f"Postgres at {self._where} went away: {error}") from error


async def _close(pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()


async def _create_schema(connection: Connection, schema: str) -> None:
    """Create the schema if it is missing; whoever may not create one can use one that is there."""
    if not await connection.fetchval("select to_regnamespace($1) is not null", schema):
        # Despite "if not exists" two processes can collide: then the loser finds what it wanted.
        with suppress(asyncpg.UniqueViolationError, asyncpg.DuplicateSchemaError):
            await connection.execute(f'create schema if not exists "{schema}"')


def _is_gone(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True  # when a connection breaks, the pool takes it back from under its user


def _address(dsn: str) -> str:
    """Host, port and database of a DSN, without user and password."""
    address, _, options = dsn.partition("://")[2].partition("?")
    host = parse_qs(options).get("host", [""])[0]
    return host + address.rpartition("@")[2] or "the default address"

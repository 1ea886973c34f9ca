"""Where the operator's commands find the services' tables."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from brickline.embedded import (
    DataDirectoryError,
    DataDirectoryInUseError,
    EmbeddedPostgres,
    dsn_of_running,
    holds_data,
)
from brickline.http_api import SERVICE as INGESTION
from brickline.persistence import Database, PersistenceError
from brickline.rabbit_worker import SERVICE as ANALYSIS
from brickline.report_api import SERVICE as REPORTING
from brickline.settings import DatabaseSettings, SettingsError, load_settings
from brickline.standalone.data_folder import DEFAULT_DATA

_VARIABLE = "BRICKLINE_DATABASE_URL"
_SERVICES = (INGESTION.name, ANALYSIS.name, REPORTING.name)
_POOL_SIZE = 3


@asynccontextmanager
async def service_databases(
    data: Path | None, database_url: str | None
) -> AsyncIterator[dict[str, Database]]:
    """Yield the database of each service by its name, in the order of the tiers; only those that exist.

    Looks at `database_url`, else at the standalone's directory `data`, running or not, else at
    BRICKLINE_DATABASE_URL, else at the default directory. Creates nothing. Raises `SettingsError`,
    `EmbeddedError` or `PersistenceError`.
    """
    async with _dsn(data, database_url) as dsn, AsyncExitStack() as stack:
        databases: dict[str, Database] = {}
        for service in await _existing_schemas(dsn):
            connecting = Database.connect(dsn, schema=service, pool_size=_POOL_SIZE)
            databases[service] = await stack.enter_async_context(connecting)
        yield databases


@asynccontextmanager
async def _dsn(data: Path | None, database_url: str | None) -> AsyncIterator[str]:
    if data is not None and database_url is not None:
        raise SettingsError("Both a data directory and a database URL are given: give one of them.")
    if database_url is not None:
        if not database_url.strip():  # the driver would look for some server on this machine
            raise SettingsError("The database URL is empty: write postgresql://user:password@host:port/name.")
        yield database_url
    elif data is None and os.environ.get(_VARIABLE):
        yield load_settings(DatabaseSettings).database_url.get_secret_value()
    else:
        async with _embedded_dsn(data or DEFAULT_DATA) as dsn:
            yield dsn


@asynccontextmanager
async def _embedded_dsn(data: Path) -> AsyncIterator[str]:
    """Yield the DSN of the standalone's server; where that does not run, it is started for the command."""
    directory = data / "postgres"
    _refuse_other_directories(data, directory)
    async with AsyncExitStack() as stack:
        try:
            dsn = (await stack.enter_async_context(EmbeddedPostgres(directory))).dsn
        except DataDirectoryInUseError:
            dsn = _dsn_of_running(directory)
        yield dsn


def _refuse_other_directories(data: Path, directory: Path) -> None:
    """Refuse a directory without data: starting a server there would make some."""
    try:
        found = holds_data(directory)
    except OSError as error:
        problem = f"it may not be read ({error.strerror})"
        raise DataDirectoryError(data, problem, "Run this as the user who serves from it.") from error
    if not found:
        raise DataDirectoryError(
            data,
            "it holds no data of Brickline",
            "Name the directory of `brickline up` with --data, or the services' database with --database-url "
            f"or {_VARIABLE}.",
        )


def _dsn_of_running(directory: Path) -> str:
    dsn = dsn_of_running(directory)
    if dsn is None:
        raise PersistenceError(
            f"the server on {directory} is just starting or stopping: try again in a moment"
        )
    return dsn


async def _existing_schemas(dsn: str) -> list[str]:
    catalogue = Database.connect(dsn, schema="pg_catalog", pool_size=1)
    async with catalogue as database, database.connection() as connection:
        found = {row["nspname"] for row in await connection.fetch("select nspname from pg_namespace")}
    services = [service for service in _SERVICES if service in found]
    if not services:
        raise PersistenceError(
            f"the database has none of the schemas {', '.join(_SERVICES)}: is it the right one? "
            "Each service makes its schema at its first start."
        )
    return services

"""A fresh database per test on one server per session, and the tables in it."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg

from brickline.embedded import EmbeddedPostgres
from brickline.persistence import Database, Migrations

SERVER_VARIABLE = "BRICKLINE_TEST_DATABASE_URL"


@contextmanager
def running_server() -> Iterator[str]:
    """Yield the DSN of a server on which databases can be made: the environment's, else an embedded one."""
    if url := os.environ.get(SERVER_VARIABLE):
        yield url
        return
    # Not pytest's tmp_path: pytest takes back, at any time, the right to pass that root's server needs.
    # Durability is tested where it matters, with the embedded brick's own settings; here speed counts.
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    with TemporaryDirectory(prefix="brickline-test-") as folder, asyncio.Runner() as runner:
        server = EmbeddedPostgres(Path(folder) / "postgres", settings=fast)
        runner.run(server.__aenter__())
        try:
            yield server.dsn
        finally:
            runner.run(server.__aexit__(None, None, None))


@asynccontextmanager
async def fresh_database(server_dsn: str) -> AsyncIterator[str]:
    """Yield the DSN of an empty database that exists for as long as the block; dropped even if in use."""
    name = f"test_{uuid.uuid4().hex}"
    await _execute(server_dsn, f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server_dsn)._replace(path=f"/{name}").geturl()
    finally:
        await _execute(server_dsn, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def migrated(
    database_url: str, schema: str, *migrations: Migrations, pool_size: int = 10
) -> AsyncIterator[Database]:
    """Connect to a schema and make its tables."""
    async with Database.connect(database_url, schema=schema, pool_size=pool_size) as database:
        for each in migrations:
            await each.apply(database)
        yield database


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()

"""Takes a database away from everyone for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg


@asynccontextmanager
async def outage(server_dsn: str, database_url: str) -> AsyncIterator[None]:
    """Refuse connections to the database and cut those there are, until the end of the block."""
    name = urlsplit(database_url).path[1:]
    admin = await asyncpg.connect(server_dsn)
    try:
        await admin.execute(f"alter database {name} allow_connections false")
        await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name)
        yield
    finally:
        await admin.execute(f"alter database {name} allow_connections true")
        await admin.close()

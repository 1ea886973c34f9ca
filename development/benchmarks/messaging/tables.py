"""The contestants' tables: ours in one schema, the peers' in another."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from benchmarks.messaging.apps.ours import SCHEMA
from benchmarks.messaging.errors import NotExactlyOnce
from brickline.events import MIGRATIONS
from brickline.persistence import Database

PEERS_SCHEMA = "peers"

_CREATE = {
    SCHEMA: f"drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}",
    PEERS_SCHEMA: f"drop schema if exists {PEERS_SCHEMA} cascade; create schema {PEERS_SCHEMA}",
}
_TABLES = """
create table effects (event_id uuid not null, text text not null);
create table handled (event_id uuid primary key)
"""
_WAITING = "select count(*) from outbox"
_WRITTEN = "select count(*) from effects"
_COUNTED = {
    "rows written": _WRITTEN,
    "events with a row": "select count(distinct event_id) from effects",
}
_RECORDED = {SCHEMA: "select count(*) from inbox", PEERS_SCHEMA: "select count(*) from handled"}


async def make_anew(database_url: str) -> None:
    """Drop whatever there is, and have the server write out what others left to be written."""
    for schema, statement in _CREATE.items():
        async with _connected(database_url, schema) as connection:
            await connection.execute(statement)
            await connection.execute(_TABLES)
            await connection.execute("checkpoint")  # nobody pays for what another wrote
    async with Database.connect(database_url, schema=SCHEMA) as database:
        await MIGRATIONS.apply(database)


async def progress(database_url: str) -> tuple[int, int]:
    """Return how many rows our handlers have written, and how many wait in our outbox."""
    async with _connected(database_url, SCHEMA) as connection:
        return await connection.fetchval(_WRITTEN), await connection.fetchval(_WAITING)


async def check_each_once(database_url: str, expected: int, *, ours: bool) -> None:
    """Check the rows that handlers wrote. Raises `NotExactlyOnce`."""
    schema = SCHEMA if ours else PEERS_SCHEMA
    queries = {**_COUNTED, "events recorded as handled": _RECORDED[schema]}
    async with _connected(database_url, schema) as connection:
        found = {what: await connection.fetchval(query) for what, query in queries.items()}
        left = await connection.fetchval(_WAITING) if ours else 0
    if left or any(count != expected for count in found.values()):
        raise NotExactlyOnce(f"of {expected} events: {found}, {left} rows left in the outbox")


@asynccontextmanager
async def _connected(database_url: str, schema: str) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    connection = await asyncpg.connect(database_url, server_settings={"search_path": schema})
    try:
        yield connection
    finally:
        await connection.close()

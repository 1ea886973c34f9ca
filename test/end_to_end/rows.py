"""What the services have in their tables, looked at from outside."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

_OF_TENANT = {
    "ingestion": ("documents", "jobs", "idempotency_keys", "outbox", "dead_letters"),
    "analysis": ("analyses", "outbox", "dead_letters"),
    "reporting": ("documents", "outbox", "dead_letters"),
}
SCHEMAS = tuple(_OF_TENANT)


@asynccontextmanager
async def connected(database_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def rows_of(database_url: str, tenant: str) -> Counter[str]:
    """How many rows each table holds of the tenant; tables without any are left out."""
    found: Counter[str] = Counter()
    async with connected(database_url) as connection:
        for schema, tables in _OF_TENANT.items():
            for table in tables:
                query = f"select count(*) from {schema}.{table} where tenant = $1"
                found[f"{schema}.{table}"] = await connection.fetchval(query, tenant)
        found["analysis.analysis_parts"] = await connection.fetchval(
            "select count(*) from analysis.analysis_parts join analysis.analyses using (document_id)"
            " where tenant = $1",
            tenant,
        )
    return +found


async def settled_by_group(database_url: str) -> Counter[str]:
    """How many events each consumer group has settled, of all tenants."""
    found: Counter[str] = Counter()
    async with connected(database_url) as connection:
        for schema in SCHEMAS:
            rows = await connection.fetch(
                f"select group_id, count(*) as events from {schema}.inbox group by group_id"
            )
            found.update({row["group_id"]: row["events"] for row in rows})
    return found


async def waiting_in_outboxes(database_url: str) -> int:
    async with connected(database_url) as connection:
        return sum([await connection.fetchval(f"select count(*) from {schema}.outbox") for schema in SCHEMAS])


@asynccontextmanager
async def analysis_held_up(database_url: str) -> AsyncIterator[None]:
    """Nothing can be settled by the analysis meanwhile, so what is submitted stays on its way."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("begin; lock table analysis.analyses in access exclusive mode")
        yield
    finally:
        connection.terminate()  # not in order: a test may have ended the server meanwhile

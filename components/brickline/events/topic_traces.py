"""Whether a service ever had to do with a topic."""

from brickline.persistence import Database, Queries, tables_as_expected

_QUERIES = Queries(__package__, "topic_traces.sql")


async def has_traces(database: Database, topic: str) -> bool:
    """Tell whether the tables of a service remember an event of the topic: one it read, or one still to send.

    What was published and has left the outbox is remembered by those who read it. Raises `MigrationError`
    for tables that are older than this release.
    """
    with tables_as_expected(database.schema):
        async with database.connection() as connection:
            return bool(await connection.fetchval(_QUERIES["traces"], topic))

"""The servers every test may ask for, started at most once a session and only when asked for."""

from collections.abc import AsyncIterator, Iterator

import pytest
from support.databases import fresh_database, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The DSN of a PostgreSQL server: BRICKLINE_TEST_DATABASE_URL, else an embedded one."""
    with running_server() as dsn:
        yield dsn


@pytest.fixture
async def database_url(postgres_server: str) -> AsyncIterator[str]:
    """The DSN of an empty database of the test's own, dropped after it."""
    async with fresh_database(postgres_server) as dsn:
        yield dsn

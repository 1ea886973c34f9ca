"""The servers every test may ask for, started at most once a session and only when asked for."""

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from brickline_dev.broker import URL_VARIABLE, find_rabbitmq
from brickline_dev.errors import NoBrokerError
from support.databases import fresh_database, running_server
from support.missing import miss
from support.undisturbed_parsing import parse_undisturbed

_BROKER = pytest.StashKey[str]()

parse_undisturbed()


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


@pytest.fixture(scope="session")
def rabbitmq_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a RabbitMQ shared by the session: keep to `topology_prefix` in every name on it.

    Without any broker the test is skipped with the reason; in CI, or where one was named, it fails.
    """
    try:
        with find_rabbitmq() as broker:
            request.config.stash[_BROKER] = broker.origin
            yield broker.url
    except NoBrokerError as error:
        if os.environ.get(URL_VARIABLE):
            pytest.fail(str(error), pytrace=False)
        miss(str(error))


@pytest.fixture
def topology_prefix() -> str:
    """A prefix for the names of exchanges and queues that no other test uses."""
    return f"test-{uuid.uuid4().hex[:12]}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which RabbitMQ the tests ran against: what passed on a private node may not have seen version 4."""
    if origin := config.stash.get(_BROKER, None):
        terminalreporter.write_line(f"RabbitMQ: {origin}")

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest

from end_to_end.api import Api, api_of
from end_to_end.stacks import TENANTS, Services, Stack, Standalone
from support.databases import fresh_database

StackT = TypeVar("StackT", bound=Stack)

_tenants = itertools.cycle(TENANTS)


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="session")
def standalone(runner: asyncio.Runner) -> Iterator[Standalone]:
    """One `brickline up` for every test that does not harm it."""
    # Not in pytest's tmp_path: an account of its own has to reach the database.
    with TemporaryDirectory(prefix="brickline-e2e-") as folder:
        yield from _running(Standalone(Path(folder)), runner)


@pytest.fixture(scope="session")
def services(runner: asyncio.Runner, postgres_server: str, rabbitmq_url: str) -> Iterator[Services]:
    """The three services, on a database of their own."""
    with TemporaryDirectory(prefix="brickline-e2e-") as folder, ExitStack() as stack:
        database = fresh_database(postgres_server)
        dsn = runner.run(database.__aenter__())
        stack.callback(lambda: runner.run(database.__aexit__(None, None, None)))
        yield from _running(Services(Path(folder), dsn, rabbitmq_url), runner)


def _running(stack: StackT, runner: asyncio.Runner) -> Iterator[StackT]:
    try:
        runner.run(stack.start())
        yield stack
    finally:
        runner.run(stack.stop())


@pytest.fixture(scope="session", params=["standalone", "services"])
def stack(request: pytest.FixtureRequest) -> Stack:
    """The product, once in one process and once in three."""
    running: Stack = request.getfixturevalue(request.param)
    return running


@pytest.fixture
def tenant() -> str:
    """A tenant that has nothing yet."""
    return next(_tenants)


@pytest.fixture
async def api(stack: Stack, tenant: str) -> AsyncIterator[Api]:
    """The product as the test's tenant sees it."""
    async with api_of(stack, tenant) as api:
        yield api


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the embedded database's account can reach.

    A server whose service was killed may still be writing into it when the test is through.
    """
    with TemporaryDirectory(prefix="brickline-e2e-", ignore_cleanup_errors=True) as name:
        yield Path(name)

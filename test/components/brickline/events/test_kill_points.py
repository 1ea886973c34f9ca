"""A real process ends by kill -9 at each point of the protocol; the next makes it good: lost 0, effects 1."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import pytest

from brickline.persistence import Database
from support.buses import sweep
from support.crash_points import CASES, Point
from support.databases import fresh_database
from support.killed_at import everything
from support.ledger import Ledger
from support.mortal import Place
from support.script import EVERYTHING

TEST_ROOT = Path(__file__).parents[3]


class Nursery:
    """Where processes come from."""

    def __init__(self, pipes: "subprocess.Popen[str]") -> None:
        self._pipes = pipes

    def run(self, place: Place, point: Point | None = None) -> int:
        """Run a process to its end, by kill -9 at the point if there is one; return how it ended."""
        assert self._pipes.stdin is not None
        assert self._pipes.stdout is not None
        print(json.dumps([asdict(place), point]), file=self._pipes.stdin, flush=True)
        return int(self._pipes.stdout.readline())


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    arguments = [sys.executable, "-m", "support.killed_at"]
    environment = {**os.environ, "PYTHONPATH": f"{TEST_ROOT}:{os.environ.get('PYTHONPATH', '')}"}
    with subprocess.Popen(
        arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as pipes:
        yield Nursery(pipes)
        assert pipes.stdin is not None
        pipes.stdin.close()


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Ledger]:
    """The account of a place, with its tables."""
    async with Database.connect(place.database_url, schema=place.name, pool_size=1) as database:
        ledger = Ledger(database, everything())
        await ledger.open()
        yield ledger


async def kill_and_recover(place: Place, nursery: Nursery, point: Point) -> None:
    try:
        async with opened(place) as ledger:
            assert nursery.run(place, point) == -signal.SIGKILL
            assert len(await ledger.announced()) == (0 if point is Point.PUBLISHING else len(EVERYTHING))
            assert nursery.run(place) == 0
            await ledger.check()
    finally:
        if place.broker_url:
            await sweep(place.broker_url, place.name)


@pytest.mark.parametrize(("kind", "point"), CASES, ids=map("-".join, CASES))
def test_what_a_process_killed_at_a_point_leaves_behind_the_next_one_ends(
    request: pytest.FixtureRequest, shared_database: str, nursery: Nursery, kind: str, point: Point
) -> None:
    broker_url: str | None = request.getfixturevalue("rabbitmq_url") if kind == "rabbit" else None
    place = Place(shared_database, f"killed_{uuid4().hex[:12]}", broker_url)
    asyncio.run(kill_and_recover(place, nursery, point))


@pytest.fixture(scope="module")
def shared_database(postgres_server: str) -> Iterator[str]:
    """One database for all: each has a schema of its own."""
    with asyncio.Runner() as runner:
        database = fresh_database(postgres_server)
        yield runner.run(database.__aenter__())
        runner.run(database.__aexit__(None, None, None))

"""A server that another process runs can be found by its data directory."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from brickline.embedded import EmbeddedPostgres, dsn_of_running, holds_data


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server's account can reach."""
    with TemporaryDirectory(prefix="brickline-test-") as name:
        yield Path(name) / "a, b"  # a path that no socket can have: it goes to a folder of its own


def test_looking_for_one_makes_nothing(folder: Path) -> None:
    assert (holds_data(folder), dsn_of_running(folder)) == (False, None)
    assert not folder.exists()


async def test_it_is_found_while_it_runs_and_not_after(folder: Path) -> None:
    async with EmbeddedPostgres(folder, settings={"fsync": "off"}) as postgres:
        dsn = dsn_of_running(folder)
        assert dsn is not None
        connection = await asyncpg.connect(dsn)
        same = await connection.fetchval("show data_directory")
        await connection.close()
        assert (holds_data(folder), Path(same)) == (True, folder / "cluster")
        assert postgres.dsn_of("other") == dsn_of_running(folder, "other")
    assert (holds_data(folder), dsn_of_running(folder)) == (True, None)

"""`brickline contracts live` and `retire` on the product as it runs."""

import asyncio
import json
from pathlib import Path
from typing import Any

from end_to_end.program import COMMAND, environment
from end_to_end.refusal import refused
from end_to_end.rows import connected
from end_to_end.stacks import DEPLOYMENT, Standalone

TOPIC = "data.processed"
OLD_READER = {
    "service": "analysis",
    "instance": "00000000-0000-4000-8000-000000000001",
    "release": "before",
    "deployment": DEPLOYMENT,
    "at": "2026-01-01T00:00:00Z",
    "reads": [{"topic": TOPIC, "versions": [7], "digest": "ab"}],
    "writes": [],
}


async def contracts(*arguments: str) -> str:
    """What the command prints."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND, "contracts", *arguments, env=environment({}), stdout=pipe, stderr=pipe
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    return out.decode()


async def matrix(standalone: Standalone) -> dict[str, Any]:
    (deployment,) = json.loads(await contracts("live", "--data", str(standalone.data), "--json"))[
        "deployments"
    ]
    found: dict[str, Any] = deployment
    return found


async def test_every_service_tells_what_it_reads_and_writes(standalone: Standalone) -> None:
    said = await contracts("live", "--database-url", standalone.database_url)
    assert all(each in said for each in ("ingestion", "analysis", "reporting", TOPIC, "reads 1", "writes 1"))
    by_service = {each["service"]: each["topics"] for each in (await matrix(standalone))["services"]}
    assert by_service["ingestion"][TOPIC] == {"reads": [], "writes": [1]}
    assert by_service["analysis"][TOPIC] == {"reads": [1], "writes": []}
    assert by_service["reporting"][TOPIC] == {"reads": [1], "writes": []}


async def test_a_live_reader_that_does_not_know_the_version_is_shown(standalone: Standalone) -> None:
    async with connected(standalone.database_url) as connection:
        await connection.execute(
            "insert into analysis.announcements (instance, announcement) values ($1, $2)",
            OLD_READER["instance"],
            json.dumps(OLD_READER),
        )
        try:
            said = await contracts("live", "--data", str(standalone.data))
            (skew,) = (await matrix(standalone))["skews"]
        finally:
            await connection.execute(
                "delete from analysis.announcements where instance = $1", OLD_READER["instance"]
            )
    assert "reads 7 !" in said
    assert (skew["topic"], skew["reader"], skew["reader_release"]) == (TOPIC, "analysis", "before")


async def test_the_newest_version_is_not_retired(standalone: Standalone, tmp_path: Path) -> None:
    command = [COMMAND, "contracts", "retire", TOPIC, "1", "--why", "x", "--data", str(standalone.data)]
    assert "it is the newest" in await refused(tmp_path, command, code=2)


async def test_where_there_are_no_data_that_is_said(tmp_path: Path) -> None:
    command = [COMMAND, "contracts", "live", "--data", str(tmp_path / "nothing")]
    assert "holds no data of Brickline" in await refused(tmp_path, command)

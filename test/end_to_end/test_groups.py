"""`brickline groups` and `/operator/groups` on the product as it runs."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from end_to_end.api import Api, api_of, is_problem
from end_to_end.program import COMMAND, environment
from end_to_end.refusal import refused
from end_to_end.rows import connected
from end_to_end.stacks import OPERATOR_KEY, Standalone
from end_to_end.texts import NOTE
from support.waiting import eventually

WHY = "20 events in a row cannot be read [bold]\x1b[31m"


async def groups(*arguments: str) -> str:
    """What the command prints."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND, "groups", *arguments, env=environment({}), stdout=pipe, stderr=pipe
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    assert (process.returncode, err.decode()) == (0, "")
    return out.decode()


async def pause(standalone: Standalone) -> None:
    """Pause the analysis as its own processes do, and wait until they follow."""
    async with connected(standalone.database_url) as connection:
        await connection.execute(
            "insert into analysis.group_pauses (group_id, reason, sample) values ('analysis', $1, '')", WHY
        )
    async with httpx.AsyncClient(base_url=standalone.write_url, trust_env=False) as http:

        async def is_red() -> bool:
            return (await http.get("/health/ready")).status_code == 503

        await eventually(is_red)


async def paused_with_one_waiting(standalone: Standalone, api: Api) -> dict[str, Any]:
    """A document that was accepted while the analysis is paused."""
    await pause(standalone)
    return await api.accepted(NOTE)


async def test_a_paused_group_is_listed_with_why_and_what_waits_and_resumed(
    standalone: Standalone, tenant: str
) -> None:
    place = ("--data", str(standalone.data))
    async with api_of(standalone, tenant) as api:
        accepted = await paused_with_one_waiting(standalone, api)
        [listed] = json.loads(await groups("list", *place, "--json"))["groups"]
        assert (listed["service"], listed["group_id"], listed["reason"]) == ("analysis", "analysis", WHY)
        assert listed["waiting_in_outboxes"] >= 1
        shown = await groups("list", *place)
        assert "[bold]" in shown
        assert "\x1b" not in shown
        said = await groups("resume", "analysis", *place)
        assert "Resumed analysis" in said
        await api.completed(accepted["job_id"])
    assert "No group is paused" in await groups("list", *place)


async def test_resuming_prints_the_pause_that_is_over_as_json(standalone: Standalone) -> None:
    await pause(standalone)
    place = ("--database-url", standalone.database_url)
    ended = json.loads(await groups("resume", "analysis", *place, "--json"))
    assert list(ended) == [
        "service", "group_id", "paused_at", "reason", "waiting_in_outboxes", "dead_letters"
    ]  # fmt: skip
    assert json.loads(await groups("list", *place, "--json")) == {"groups": []}


@pytest.mark.parametrize(
    ("group", "says"),
    [("analysis", "not paused"), ("nosuch", "reporting.insights"), ("", "no consumer group")],
)
async def test_a_group_that_is_not_paused_or_not_there_is_refused(
    standalone: Standalone, folder: Path, group: str, says: str
) -> None:
    command = [COMMAND, "groups", "resume", group, "--data", str(standalone.data)]
    assert says in await refused(folder, command)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["list", "--data", "/nonexistent/data"], 1, "/nonexistent/data"),
        (["list", "--data", ".", "--database-url", "postgresql://127.0.0.1/x"], 2, "one of them"),
        (["resume"], 2, "GROUP"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_a_sentence(
    folder: Path, arguments: list[str], code: int, says: str
) -> None:
    assert says in await refused(folder, [COMMAND, "groups", *arguments], code=code)


async def test_operators_do_the_same_over_http(standalone: Standalone, tenant: str) -> None:
    headers = {"Authorization": f"Bearer {OPERATOR_KEY}"}
    url = f"{standalone.write_url}/operator/groups"
    async with (
        api_of(standalone, tenant) as api,
        httpx.AsyncClient(headers=headers, trust_env=False) as operator,
    ):
        accepted = await paused_with_one_waiting(standalone, api)
        [listed] = (await operator.get(url)).json()
        ended = await operator.post(f"{url}/analysis/resume")
        assert (ended.status_code, ended.json()["paused_at"]) == (200, listed["paused_at"])
        await api.completed(accepted["job_id"])
        assert (await operator.get(url)).json() == []
        is_problem(await operator.post(f"{url}/analysis/resume"), 409)
        assert (await api.write.get("/operator/groups")).status_code == 403

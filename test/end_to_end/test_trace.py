"""`brickline trace`: everything that happened to one request."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from end_to_end.api import Api, api_of
from end_to_end.program import COMMAND, Program
from end_to_end.refusal import refused
from end_to_end.rows import analysis_held_up, connected
from end_to_end.stacks import Services, Stack, Standalone
from end_to_end.texts import NOTE
from support.databases import fresh_database
from support.waiting import eventually

TOPICS = ["data.processed", "analysis.completed", "report.updated"]
GROUPS = {"analysis", "reporting.progress", "reporting.insights", "jobs.analysed", "jobs.reported"}


def place(stack: Stack) -> list[str]:
    """Where the command finds the stack's tables."""
    if isinstance(stack, Standalone):
        return ["--data", str(stack.data)]
    return ["--database-url", stack.database_url]


async def printed(folder: Path, *arguments: str, width: int = 120) -> str:
    """What the command prints, with nothing on stderr."""
    program = Program(f"trace-{uuid4().hex}", [COMMAND, "trace", *arguments], folder, {"COLUMNS": str(width)})
    program.start()
    assert await program.ended() == 0, program.said("err")
    assert program.said("err") == ""
    return program.said()


async def told(folder: Path, stack: Stack, given: str) -> dict[str, Any]:
    return dict(json.loads(await printed(folder, given, *place(stack), "--json")))


@pytest.fixture
async def finished(stack: Stack, api: Api) -> dict[str, Any]:
    """A document that has gone all the way, and whose every event is settled."""
    accepted = await api.accepted(NOTE)
    await api.completed(accepted["job_id"])

    async def settled() -> bool:
        async with connected(stack.database_url) as connection:
            rows = await connection.fetch(
                "select group_id from ingestion.inbox where trace_id = $1::text::uuid"
                " union select group_id from analysis.inbox where trace_id = $1::text::uuid"
                " union select group_id from reporting.inbox where trace_id = $1::text::uuid",
                accepted["trace_id"],
            )
        return {row["group_id"] for row in rows} == GROUPS

    await eventually(settled)
    return accepted


async def test_a_finished_trace_is_told_from_its_acceptance_to_its_end(
    stack: Stack, finished: dict[str, Any], tmp_path: Path
) -> None:
    trace = await told(tmp_path, stack, finished["trace_id"])
    steps = trace["steps"]
    assert trace["trace_id"] == finished["trace_id"]
    assert trace["jobs"] == [{"job_id": finished["job_id"], "state": "completed"}]
    assert trace["notes"] == []
    assert steps[0]["what"] == "accepted"
    assert steps[0]["document_id"] == finished["document_id"]
    assert steps[0]["title"] == "Ferry timetable review"
    assert [step["topic"] for step in steps if step["what"] == "published"] == TOPICS
    assert [step["service"] for step in steps if step["what"] == "published"] == [
        "ingestion",
        "analysis",
        "reporting",
    ]
    settled = {step["group_id"]: step for step in steps if step["what"] == "settled"}
    assert settled.keys() == GROUPS
    assert {step["attempt"] for step in settled.values()} == {1}
    assert all(0 <= step["handler_ms"] < 30_000 and step["after_s"] >= 0 for step in settled.values())
    assert settled["analysis"]["service"] == "analysis"
    [call] = [step for step in steps if step["what"] == "LLM call"]
    assert (call["service"], call["step"], call["outcome"]) == ("analysis", "insights", "answered")
    assert call["model"].startswith("extractive")
    assert call["duration_ms"] > 0
    [done] = [step for step in steps if step["what"] == "done"]
    assert (done["job_id"], done["state"]) == (finished["job_id"], "completed")
    elapsed = [step["elapsed_s"] for step in steps]
    assert elapsed[0] == 0
    assert elapsed == sorted(elapsed)


async def test_a_document_id_and_a_job_id_lead_to_the_trace(
    stack: Stack, finished: dict[str, Any], tmp_path: Path
) -> None:
    by_trace = await told(tmp_path, stack, finished["trace_id"])
    assert await told(tmp_path, stack, finished["document_id"]) == by_trace
    assert await told(tmp_path, stack, finished["job_id"].upper()) == by_trace


@pytest.mark.parametrize("width", [80, 120])
async def test_the_table_fits_the_terminal_and_shows_every_step(
    stack: Stack, finished: dict[str, Any], tmp_path: Path, width: int
) -> None:
    shown = await printed(tmp_path, finished["trace_id"], *place(stack), width=width)
    assert max(map(len, shown.splitlines())) <= width
    assert finished["trace_id"] in shown
    for word in ("accepted", "published", "settled", "done", "ingestion", "analysis", "reporting"):
        assert re.search(rf"\b{word}\b", shown), word
    assert finished["document_id"] in shown


async def test_a_trace_that_is_held_up_says_so(stack: Stack, api: Api, tmp_path: Path) -> None:
    async with analysis_held_up(stack.database_url):
        accepted = await api.accepted(NOTE)
        trace = await told(tmp_path, stack, accepted["trace_id"])
        assert trace["jobs"][0]["state"] == "running"
        assert "done" not in {step["what"] for step in trace["steps"]}
        waiting = [step["state"] for step in trace["steps"] if step["what"] == "waiting"]
        assert waiting or "queue" in " ".join(trace["notes"])
    await api.completed(accepted["job_id"])


async def test_a_services_database_is_found_by_its_variable(
    services: Services, tenant: str, tmp_path: Path
) -> None:
    async with api_of(services, tenant) as api:
        accepted = await api.accepted(NOTE)
    command = [COMMAND, "trace", accepted["trace_id"], "--json"]
    program = Program("trace", command, tmp_path, {"BRICKLINE_DATABASE_URL": services.database_url})
    program.start()
    assert await program.ended() == 0, program.said("err")
    assert json.loads(program.said())["trace_id"] == accepted["trace_id"]


async def test_what_an_error_says_cannot_steer_the_terminal(
    services: Services, tenant: str, tmp_path: Path
) -> None:
    async with api_of(services, tenant) as api:
        accepted = await api.accepted(NOTE)
    async with connected(services.database_url) as connection:
        await connection.execute(
            "insert into analysis.attempts"
            " (event_id, group_id, published_at, attempt, trace_id, topic, source, failure, error) values"
            " (gen_random_uuid(), 'analysis', now(), 1, $1::text::uuid, 'a.topic', 'me', 'transient', $2)",
            accepted["trace_id"],
            "Error: \x1b[2J[bold]not markup[/bold]",
        )
    shown = await printed(tmp_path, accepted["trace_id"], *place(services))
    assert "\x1b[2J" not in shown
    assert "[bold]not markup[/bold]" in shown


@pytest.fixture
async def stopped(folder: Path) -> tuple[Standalone, dict[str, Any]]:
    """A standalone that does not run any more, and what it had accepted."""
    stack = Standalone(folder)
    await stack.start()
    try:
        async with api_of(stack, "tenant-00") as api:
            accepted = await api.accepted(NOTE)
            await api.completed(accepted["job_id"])
    finally:
        await stack.stop()
    return stack, accepted


async def test_a_standalone_that_does_not_run_is_looked_into_and_left_as_it_was(
    stopped: tuple[Standalone, dict[str, Any]], tmp_path: Path
) -> None:
    stack, accepted = stopped
    trace = await told(tmp_path, stack, accepted["trace_id"])
    assert {"accepted", "published", "LLM call", "settled", "done"} == {
        step["what"] for step in trace["steps"]
    }
    assert trace["jobs"] == [{"job_id": accepted["job_id"], "state": "completed"}]
    assert not (stack.data / "postgres" / "cluster" / "postmaster.pid").exists()


@pytest.mark.parametrize("given", ["f" * 31 + "e", "01a202d3-6737-71e6-ac54-768b5597ce9d", "yesterday's", ""])
async def test_an_unknown_id_is_answered_with_a_sentence(
    standalone: Standalone, tmp_path: Path, given: str
) -> None:
    said = await refused(tmp_path, [COMMAND, "trace", given, *place(standalone)])
    assert given in said
    assert len(said.splitlines()) == 1


async def test_a_folder_without_data_is_named_and_stays_as_it_is(tmp_path: Path, folder: Path) -> None:
    said = await refused(tmp_path, [COMMAND, "trace", "ab" * 16, "--data", str(folder)])
    assert str(folder) in said
    assert "--database-url" in said
    assert not (folder / "postgres").exists()


async def test_a_database_that_is_not_there_or_not_ours_is_named(
    tmp_path: Path, postgres_server: str
) -> None:
    away = "postgresql://me:secret@127.0.0.1:1/brickline"
    said = await refused(tmp_path, [COMMAND, "trace", "ab" * 16, "--database-url", away])
    assert "127.0.0.1:1" in said
    assert "secret" not in said
    async with fresh_database(postgres_server) as empty:
        command = [COMMAND, "trace", "ab" * 16, "--database-url", empty]
        said = await refused(tmp_path, command, name="empty")
        assert "schemas" in said
        async with connected(empty) as connection:
            schemas = await connection.fetch("select nspname from pg_namespace where nspname = 'ingestion'")
        assert schemas == []


async def test_two_places_to_look_at_are_one_too_many(tmp_path: Path) -> None:
    command = [COMMAND, "trace", "ab" * 16, "--data", ".", "--database-url", "postgresql://127.0.0.1/x"]
    assert "one of them" in await refused(tmp_path, command, code=2)


async def test_an_empty_database_url_is_not_taken_for_a_server_of_this_machine(tmp_path: Path) -> None:
    command = [COMMAND, "trace", "ab" * 16, "--database-url", ""]
    assert "empty" in await refused(tmp_path, command, code=2)

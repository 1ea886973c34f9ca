"""`brickline dlq` on the product as it runs, and as it rests."""

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from uuid_utils.compat import uuid7

from end_to_end.api import api_of, is_problem
from end_to_end.program import COMMAND, Program, environment
from end_to_end.refusal import refused
from end_to_end.rows import connected
from end_to_end.stacks import OPERATOR_KEY, Stack, Standalone
from support.waiting import eventually

HOSTILE = "[bold red]x[/] \x1b[31m\u202e"


async def dlq(*arguments: str, variables: Mapping[str, str] | None = None, stdin: bytes = b"") -> Any:
    """What the command prints with --json."""
    code, out, err = await run_dlq(*arguments, "--json", variables=variables, stdin=stdin)
    assert code == 0, err
    return json.loads(out)


async def run_dlq(
    *arguments: str, variables: Mapping[str, str] | None = None, stdin: bytes = b""
) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND, "dlq", *arguments, env=environment(variables or {}), stdin=pipe, stdout=pipe, stderr=pipe
    )
    async with asyncio.timeout(90):
        out, err = await process.communicate(stdin)
    assert "Traceback" not in err.decode()
    return process.returncode or 0, out.decode(), err.decode()


def event_of(tenant: str, **data: object) -> dict[str, Any]:
    """A document's event, that the analysis can read if `data` has a content."""
    event_id = uuid7()
    return {
        "specversion": "1.0",
        "id": str(event_id),
        "type": "data.processed",
        "source": "ingestion",
        "time": datetime.now(UTC).isoformat(),
        "dataschema": "urn:brickline:schema:data.processed:1",
        "traceparent": f"00-{uuid4().hex}-{event_id.hex[16:]}-01",
        "tenant": tenant,
        "data": {"document_id": str(uuid7()), "title": HOSTILE, **data},
    }


async def sent_to_the_analysis(database_url: str, *bodies: bytes) -> None:
    """Put bodies into ingestion's outbox, as a producer of another version would."""
    async with connected(database_url) as connection:
        for body in bodies:
            await connection.execute(
                "insert into ingestion.outbox (event_id, topic, group_id, tenant, trace_id, attempt, body)"
                " values ($1, 'data.processed', 'analysis', 'tenant-00', $2, 1, $3)",
                uuid4(),
                uuid4().hex,
                body,
            )


async def buried_by_a_bug(database_url: str, event: dict[str, Any]) -> UUID:
    """A letter of a good event, from the days when the analysis had a bug that is mended now."""
    letter_id = uuid7()
    async with connected(database_url) as connection, connection.transaction():
        await connection.execute(
            "insert into analysis.inbox (group_id, event_id) values ('analysis', $1)", UUID(event["id"])
        )
        await connection.execute(
            "insert into analysis.dead_letters (dead_letter_id, event_id, group_id, topic, tenant, trace_id,"
            " reason, error, fingerprint, attempts, body) values"
            " ($1, $2, 'analysis', 'data.processed', $3, $4, 'exhausted', $5, 'feedc0defeedc0de', 6, $6)",
            letter_id,
            UUID(event["id"]),
            event["tenant"],
            event["traceparent"][3:35],
            f"RuntimeError: {HOSTILE}",
            json.dumps(event).encode(),
        )
    return letter_id


async def reported(stack: Stack, event: dict[str, Any]) -> bool:
    """The document of the event has gone all the way."""
    async with api_of(stack, event["tenant"]) as api:
        response = await api.insights(event["data"]["document_id"])
    assert response.status_code in (200, 404), response.text
    return response.status_code == 200


async def until_reported(stack: Stack, event: dict[str, Any]) -> None:
    await eventually(lambda: reported(stack, event), 30)


def place(stack: Stack) -> list[str]:
    """Where the command finds the tables of a running product."""
    if isinstance(stack, Standalone):
        return ["--data", str(stack.data)]
    return ["--database-url", stack.database_url]


async def dead(stack: Stack, tenant: str, count: int) -> list[dict[str, Any]]:
    """The tenant's dead letters, once there are so many."""

    async def enough() -> tuple[list[dict[str, Any]]]:
        found = (await dlq("list", "--tenant", tenant, *place(stack)))["items"]
        assert len(found) == count, found
        return (list(found),)

    [found] = await eventually(enough, 30)
    return found


async def test_an_unreadable_event_is_found_edited_and_goes_all_the_way(stack: Stack, tenant: str) -> None:
    event = event_of(tenant, contents="renamed by a newer producer")
    await sent_to_the_analysis(stack.database_url, json.dumps(event).encode())
    [letter] = await dead(stack, tenant, 1)
    assert (letter["service"], letter["group_id"], letter["reason"]) == ("analysis", "analysis", "contract")
    groups = await dlq("groups", "--fingerprint", letter["fingerprint"], "--tenant", tenant, *place(stack))
    assert groups["groups"][0]["letters"] == 1
    shown = await dlq("show", letter["dead_letter_id"], *place(stack))
    mended = json.loads(shown["body"]["text"])
    mended["data"]["content"] = mended["data"].pop("contents")
    report = await dlq(
        "replay", letter["dead_letter_id"], "--edit", "-", *place(stack), stdin=json.dumps(mended).encode()
    )
    assert report["canaries"][0]["outcome"] == "settled"
    await until_reported(stack, event)
    after = await dlq("show", letter["dead_letter_id"], *place(stack))
    assert after["body"] == shown["body"]
    assert after["lineage"][0]["replay"]["edited"]


async def test_letters_of_a_mended_bug_are_counted_then_replayed_canary_first(
    stack: Stack, tenant: str
) -> None:
    events = [event_of(tenant, content=f"The ferry number {number} was late again.") for number in range(12)]
    for event in events:
        await buried_by_a_bug(stack.database_url, event)
    meant = ["--tenant", tenant, "--group", "analysis", "--reason", "exhausted", "--since", "1h"]
    counted = await dlq("replay", *meant, "--dry-run", *place(stack))
    assert (counted["groups"][0]["letters"], counted["replayed"]) == (12, 0)
    report = await dlq("replay", *meant, "--rate", "100", "--by", "the night shift", *place(stack))
    assert (report["replayed"], len(report["canaries"]), report["held_back"]) == (12, 1, 0)
    for event in events:
        await until_reported(stack, event)
    async with connected(stack.database_url) as connection:
        by = await connection.fetch("select distinct replayed_by from analysis.dead_letter_replays")
    assert "the night shift" in {row["replayed_by"] for row in by}


async def test_a_canary_that_dies_again_ends_in_exit_code_1_and_the_others_stay_dead(
    stack: Stack, tenant: str
) -> None:
    bodies = [json.dumps(event_of(tenant, contents=f"{number}")).encode() for number in range(3)]
    await sent_to_the_analysis(stack.database_url, *bodies)
    await dead(stack, tenant, 3)
    code, out, err = await run_dlq("replay", "--tenant", tenant, *place(stack))
    assert code == 1
    assert "dead again" in out
    assert "2 more of the same kind stay dead" in err
    assert len(await dead(stack, tenant, 3)) == 3  # the canary's new letter and the other two
    discarded = await dlq("discard", "--tenant", tenant, "--because", "a test's", *place(stack))
    assert discarded["discarded"] == 3
    await dead(stack, tenant, 0)


async def test_what_events_and_errors_say_neither_styles_nor_steers_the_terminal(
    stack: Stack, tenant: str
) -> None:
    letter = await buried_by_a_bug(stack.database_url, event_of(tenant, contents="x"))
    for arguments in (("show", str(letter)), ("list", "--tenant", tenant), ("groups", "--tenant", tenant)):
        code, out, _ = await run_dlq(*arguments, *place(stack))
        assert code == 0
        assert "[bold red]" in " ".join(out.split())
        assert not {"\x1b", "\u202e"} & set(out)
    await dlq("discard", str(letter), "--because", "done", *place(stack))


async def test_operators_do_the_same_over_http_and_tenants_do_not(stack: Stack, tenant: str) -> None:
    event = event_of(tenant, content="The ferry was late again.")
    letter = await buried_by_a_bug(stack.database_url, event)
    path = "/operator/dead-letters"
    operator = {"Authorization": f"Bearer {OPERATOR_KEY}"}
    async with httpx.AsyncClient(base_url=stack.write_url, timeout=60, trust_env=False) as http:
        refusal = await http.get(path, headers={"Authorization": f"Bearer {stack.key_of(tenant)}"})
        assert "operators" in is_problem(refusal, 403)
        is_problem(await http.get(f"/jobs/{uuid4()}", headers=operator), 403)
        found = await http.get(path, params={"tenant": tenant}, headers=operator)
        if not isinstance(stack, Standalone):  # the worker's letters are in no schema of ingestion's
            assert found.json()["items"] == []
            return
        assert [item["dead_letter_id"] for item in found.json()["items"]] == [str(letter)]
        answer = await http.post(f"{path}/replay", json={"ids": [str(letter)]}, headers=operator)
    assert answer.json()["canaries"][0]["outcome"] == "settled"
    await until_reported(stack, event)


async def test_a_resting_standalone_is_read_and_what_is_replayed_then_is_sent_at_its_next_start(
    folder: Path,
) -> None:
    stack = Standalone(folder)
    event = event_of("tenant-00", content="The ferry was late again.")
    await stack.start()
    try:
        letter = await buried_by_a_bug(stack.database_url, event)
        assert await stack.program.stop() == 0
        assert len(await dead(stack, "tenant-00", 1)) == 1
        code, _, err = await run_dlq("replay", str(letter), *place(stack))
        assert (code, "Nothing serves from" in err, "Nothing was done" in err) == (1, True, True)
        report = await dlq("replay", str(letter), "--no-canary", *place(stack))
        assert report["replayed"] == 1
        await stack.start()
        await until_reported(stack, event)
    finally:
        await stack.stop()


async def test_without_its_service_a_canary_times_out_and_says_why(database_url: str, folder: Path) -> None:
    """A database that a service has left: tables, and nobody who sends."""
    script = (
        "import asyncio, sys\n"
        "from brickline.events import MIGRATIONS\n"
        "from brickline.persistence import Database\n"
        "async def main():\n"
        "    async with Database.connect(sys.argv[1], schema='analysis') as database:\n"
        "        await MIGRATIONS.apply(database)\n"
        "asyncio.run(main())"
    )
    made = Program("made", [sys.executable, "-c", script, database_url], folder)
    made.start()
    assert await made.ended() == 0, made.said("err")
    letter = await buried_by_a_bug(database_url, event_of("tenant-00", content="x"))
    variables = {"BRICKLINE_DATABASE_URL": database_url}
    code, _, err = await run_dlq("replay", str(letter), "--canary-timeout", "0.5", variables=variables)
    assert code == 1
    assert "Does the service analysis run?" in err
    code, _, err = await run_dlq("list", "--service", "reporting", variables=variables)
    assert (code, "reporting" in err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["show", "no-id"], 2, "ID"),
        (["list", "--limit", "0"], 2, "--limit"),
        (["list", "--state", "gone"], 2, "--state"),
        (["replay"], 1, "--all"),
        (["replay", "--all", "--group", "x"], 1, "one of the three"),
        (["replay", "--all", "--rate", "0"], 1, "rate"),
        (["replay", "--all", "--rate", "-5"], 1, "rate"),
        (["replay", "--all", "--rate", "nan"], 1, "rate"),
        (["replay", "--all", "--canary-timeout", "0"], 1, "0 seconds"),
        (["replay", "--all", "--edit", "/dev/null"], 1, "--edit"),
        (["replay", str(uuid4()), "--edit", "/nonexistent/file"], 1, "/nonexistent/file"),
        (["list", "--since", "yesterday"], 1, "yesterday"),
        (["list", "--since", "1h", "--until", "2h"], 1, "not before until"),
        (["list", "--since", "999999999d"], 1, "is no time"),
        (["list", "--group", ""], 1, "--group"),
        (["discard", "--all"], 2, "--because"),
        (["discard", "--all", "--reason", "contract"], 2, "--because"),
        (["discard", "--all", "--reason", "contract", "--because", "no"], 1, "one of the three"),
        (["list", "--data", "/nonexistent/data"], 1, "/nonexistent/data"),
        (["list", "--data", "/etc/passwd"], 1, "/etc/passwd"),
        (["list", "--data", ".", "--database-url", "postgresql://127.0.0.1/x"], 2, "one of them"),
        (["list", "--database-url", "postgresql://127.0.0.1:1/x"], 1, "127.0.0.1:1"),
        (["list", "--database-url", "nonsense"], 1, "postgresql://"),
    ],
)
async def test_what_makes_no_sense_is_refused_in_a_sentence(
    folder: Path, arguments: list[str], code: int, says: str
) -> None:
    assert says in await refused(folder, [COMMAND, "dlq", *arguments], code=code)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "{unknown}"], "{unknown}"),
        (["replay", "{unknown}"], "{unknown}"),
        (["discard", "{unknown}", "--because", "no"], "{unknown}"),
        (["replay", "{closed}"], "a letter ends once"),
        (["discard", "{closed}", "--because", "no"], "a letter ends once"),
        (["discard", "{dead}", "--because", " "], "--because"),
        (["replay", "{dead}", "--edit", "{file}"], "not JSON"),
        (["list", "--service", "nosuch"], "nosuch"),
        (["list", "--cursor", "nonsense"], "cursor"),
    ],
)
async def test_what_cannot_be_done_to_a_letter_is_refused_and_nothing_is_changed(
    standalone: Standalone, tenant: str, folder: Path, arguments: list[str], says: str
) -> None:
    event = event_of(tenant, contents="x")
    dead_letter = await buried_by_a_bug(standalone.database_url, event)
    closed = await buried_by_a_bug(standalone.database_url, event_of(tenant, contents="x"))
    await dlq("discard", str(closed), "--because", "done", *place(standalone))
    (folder / "edit").write_text("no JSON")
    names = {"unknown": uuid4(), "closed": closed, "dead": dead_letter, "file": folder / "edit"}
    command = [COMMAND, "dlq", *(argument.format(**names) for argument in arguments), *place(standalone)]
    assert says.format(**names) in await refused(folder, command)
    async with connected(standalone.database_url) as connection:
        state = await connection.fetchval(
            "select state from analysis.dead_letters where dead_letter_id = $1", dead_letter
        )
    assert state == "dead"
    await dlq("discard", str(dead_letter), "--because", "done", *place(standalone))


async def test_a_database_without_services_is_named_and_nothing_is_made_in_it(
    database_url: str, folder: Path
) -> None:
    said = await refused(folder, [COMMAND, "dlq", "list", "--database-url", database_url])
    assert "ingestion, analysis, reporting" in said
    connection = await asyncpg.connect(database_url)
    schemas = await connection.fetch("select nspname from pg_namespace where nspname !~ '^(pg_|information)'")
    await connection.close()
    assert [row["nspname"] for row in schemas] == ["public"]

"""`brickline budget` and `brickline route` on the product as it runs, with a model that costs something."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from brickline_dev.counting_server import SpawnedServer, spawned
from end_to_end.api import Api, api_of
from end_to_end.program import COMMAND, environment
from end_to_end.refusal import refused
from end_to_end.rows import connected
from end_to_end.stacks import Standalone
from end_to_end.texts import NOTE
from support.waiting import eventually

MODEL = """
[[models]]
name = "{name}"
provider = "openai_compatible"
model = "{name}-1"
base_url = "{base_url}"
input_usd_per_mtok = {price}
output_usd_per_mtok = {price}
context_tokens = 128000
quality = {{ insights = {quality} }}
"""
ROUTING = """
[routing]
when_spent = "defer"
weights = { cost = 0, latency = 0, quality = 1 }
"""
KEY = 'api_key_env = "A_KEY_THAT_IS_NOT_SET"\n'


class Priced:
    """A standalone whose best model costs money, and the server that counts it."""

    def __init__(self, folder: Path, server: SpawnedServer) -> None:
        self.models = folder / "models.toml"
        self.server = server
        self.stack = Standalone(folder)
        self.stack.program.variables = {
            **self.stack.program.variables,
            "BRICKLINE_MODELS_FILE": str(self.models),
        }
        self.use(server.base_url)

    def use(self, base_url: str) -> None:
        """Let the models be there."""
        good = MODEL.format(name="good", base_url=base_url, price=1, quality=0.8)
        spare = MODEL.format(name="spare", base_url=base_url, price=0.1, quality=0.4)
        locked = MODEL.format(name="locked", base_url=base_url, price=1, quality=0.9) + KEY
        self.models.write_text(ROUTING + good + spare + locked)

    async def reads(self, api: Api, base_url: str) -> None:
        """Let the models be there, and wait until the standalone knows."""
        seen = self._times_read()
        self.use(base_url)

        async def is_read() -> bool:
            await api.write.get("/health/ready")  # which asks for the models
            return self._times_read() > seen

        await eventually(is_read, 30)

    def _times_read(self) -> int:
        return self.stack.program.said("err").count("llm.models_file_read")

    async def says(self, *arguments: str) -> str:
        """What a command prints, on the data of the standalone."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(COMMAND, *arguments, "--data", str(self.stack.data)),
            env=environment({"BRICKLINE_MODELS_FILE": str(self.models)}),
            stdout=pipe,
            stderr=pipe,
        )
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode()

    async def json(self, *arguments: str) -> dict[str, Any]:
        return dict(json.loads(await self.says(*arguments, "--json")))

    async def rows(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        async with connected(self.stack.database_url) as connection:
            return [dict(row) for row in await connection.fetch(sql, *arguments)]


@pytest.fixture(scope="module")
def priced(runner: asyncio.Runner) -> Iterator[Priced]:
    stack = AsyncExitStack()
    with TemporaryDirectory(prefix="brickline-e2e-") as folder:
        try:
            running = runner.run(stack.enter_async_context(_running(Path(folder))))
            yield running
        finally:
            runner.run(stack.aclose())


@asynccontextmanager
async def _running(folder: Path) -> AsyncIterator[Priced]:
    async with spawned(input_price=Decimal(1), output_price=Decimal(1)) as server:
        priced = Priced(folder, server)
        try:
            await priced.stack.start()
            yield priced
        finally:
            await priced.stack.stop()


@pytest.fixture
async def api(priced: Priced, tenant: str) -> AsyncIterator[Api]:
    async with api_of(priced.stack, tenant) as api:
        yield api


async def waiting_for_budget(api: Api, job_id: str) -> dict[str, Any]:
    async def waits() -> dict[str, Any]:
        (document,) = (await api.job(job_id))["documents"]
        assert document["waiting"], document
        return dict(document["waiting"])

    return await eventually(waits, 30)


async def test_documents_wait_for_a_budget_and_go_on_when_it_is_raised(
    priced: Priced, api: Api, tenant: str
) -> None:
    limit = ("budget", "set", "--tenant", tenant, "--window", "total", "--limit-usd")
    said = await priced.says(*limit, "0.000001")
    assert f"Limit of tenant:{tenant}, in all: $0.000001." in said
    before = (await priced.server.totals()).calls
    accepted = [await api.accepted(f"{NOTE} {number}") for number in range(3)]
    for each in accepted:
        wait = await waiting_for_budget(api, each["job_id"])
        assert wait["for"] == "budget"
        assert "no room for the call" in wait["detail"]
    assert (await priced.server.totals()).calls == before
    raised = await priced.json(*limit, "1")
    assert (raised["before_usd"], raised["limit_usd"], raised["woken"]) == (0.000001, 1.0, 3)
    for each in accepted:
        await api.completed(each["job_id"])
    assert (await priced.server.totals()).calls == before + 3

    shown = await priced.json("budget", "show")
    (line,) = (line for line in shown["limits"] if line["scope"] == f"tenant:{tenant}")
    costs = await priced.rows("select cost_micros from analysis.ledger where tenant = $1", tenant)
    spent = sum(row["cost_micros"] for row in costs) / 1_000_000
    assert (line["spent_usd"], line["held_usd"], line["free_usd"]) == (spent, 0, round(1 - spent, 6))
    removed = await priced.json("budget", "set", "--tenant", tenant, "--window", "total", "--none")
    assert (removed["limit_usd"], removed["before_usd"], removed["spent_usd"]) == (None, 1.0, spent)


async def test_a_redelivery_costs_nothing_and_the_report_says_what_it_saved(
    priced: Priced, api: Api, tenant: str
) -> None:
    limit = ("budget", "set", "--tenant", tenant, "--window", "total")
    await priced.says(*limit, "--limit-usd", "0")
    accepted = await api.accepted(f"{NOTE} by {tenant}")
    await waiting_for_budget(api, accepted["job_id"])
    columns = "event_id, topic, group_id, tenant, trace_id, attempt, body"
    await priced.rows(
        f"create table public.kept as select {columns} from analysis.outbox where tenant = $1", tenant
    )
    await priced.says(*limit, "--none")
    await api.completed(accepted["job_id"])
    before, calls = await priced.json("budget", "report"), (await priced.server.totals()).calls

    await priced.rows(f"insert into analysis.outbox ({columns}) select {columns} from public.kept")
    again = await api.accepted(f"{NOTE} by {tenant}")
    await api.completed(again["job_id"])
    (call,) = await priced.rows(
        "select cost_micros from analysis.ledger where tenant = $1 and outcome = 'answered'", tenant
    )
    cost = call["cost_micros"] / 1_000_000

    async def told() -> bool:
        after = await priced.json("budget", "report", "--since", "1h")
        for name in ("duplicates", "cache"):
            was, now = before["saved"][name], after["saved"][name]
            assert now["calls"] == was["calls"] + 1
            assert now["usd"] == pytest.approx(was["usd"] + cost)
        assert after["usd"] == before["usd"]
        return True

    await eventually(told, 30)
    assert (await priced.server.totals()).calls == calls


async def test_what_was_decided_is_told_and_ranked_again_under_other_weights(
    priced: Priced, api: Api, tenant: str
) -> None:
    accepted = await api.accepted(f"{NOTE} of {tenant}")
    await api.completed(accepted["job_id"])
    (row,) = await priced.rows("select event_id from analysis.ledger where tenant = $1", tenant)
    told = await priced.json("route", "explain", "--event", str(row["event_id"]))
    (call,) = told["calls"]
    assert (call["model"], call["outcome"]) == ("good", "answered")
    assert [each["model"] for each in call["decision"]["candidates"]] == ["good", "spare"]
    (locked,) = call["decision"]["exclusions"]
    assert (locked["model"], locked["kind"]) == ("locked", "problem")
    assert "A_KEY_THAT_IS_NOT_SET" in await priced.says("route", "explain", "--event", str(row["event_id"]))

    async def latency_is_shared() -> dict[str, Any]:
        now = await priced.json("route", "explain", "--task", "insights", "--tokens", "1200")
        assert now["live"]
        assert now["candidates"][0]["latency_s"] is not None
        return now

    now = await eventually(latency_is_shared, 30)
    assert [each["model"] for each in now["candidates"]] == ["good", "spare"]

    same = await priced.json("route", "simulate", "--weights", "cost=0,latency=0,quality=1")
    assert same["moves"] == []
    assert same["before"] == same["after"]
    cheap = await priced.json("route", "simulate", "--since", "1h", "--weights", "cost=1,latency=0,quality=0")
    (moves,) = cheap["moves"]
    assert (moves["from"], moves["to"], moves["calls"]) == ("good", "spare", cheap["calls"])
    assert 0 < cheap["after"]["cost_usd"] < cheap["before"]["cost_usd"] / 5
    assert cheap["change"]["quality"] == pytest.approx(-0.4)


@asynccontextmanager
async def hanging_up() -> AsyncIterator[str]:
    """A server that takes a request and is gone."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


async def test_an_ambiguous_call_holds_its_worst_case_until_it_is_resolved_and_replayed(
    priced: Priced, api: Api, tmp_path: Path
) -> None:
    async with hanging_up() as url:
        await priced.reads(api, url)
        accepted = await api.accepted(NOTE)

        async def doubtful() -> list[dict[str, Any]]:
            return list((await priced.json("budget", "ambiguous"))["calls"])

        (call,) = await eventually(doubtful, 30)
    assert call["held_usd"] > 0
    assert (await priced.json("budget", "show"))["ambiguous"] == {"calls": 1, "held_usd": call["held_usd"]}
    resolving = ("budget", "resolve", str(call["call_id"]), "--billed-usd")
    slip = await refused(tmp_path, [COMMAND, *resolving, "4200", "--data", str(priced.stack.data)])
    assert "--even-so" in slip
    resolved = await priced.json(*resolving, "0.0042")
    letter = resolved["dead_letter"]
    assert (resolved["billed_usd"], letter["state"]) == (0.0042, "dead")
    assert (await priced.json("budget", "report"))["wasted"]["lost"] == {"calls": 1, "usd": 0.0042}
    await priced.reads(api, priced.server.base_url)
    await priced.says("dlq", "replay", letter["dead_letter_id"], "--no-canary")

    async def is_completed() -> bool:
        return bool((await api.job(accepted["job_id"]))["state"] == "completed")

    await eventually(is_completed, 30)

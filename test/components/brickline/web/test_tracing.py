import json
import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from brickline.telemetry import configure_logging, format_traceparent, new_span_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(autouse=True)
def _json_logs(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    root = logging.getLogger()
    level = root.level
    configure_logging("standalone", "info", "json")
    yield
    for handler in root.handlers[:]:
        if type(handler).__module__.startswith("brickline."):
            root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(False)


def request_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    return [line for line in lines if line["event"] == "request"]


async def test_a_request_continues_the_callers_trace(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/documents", json={"text": "a"}, headers={"traceparent": format_traceparent(TRACE, new_span_id())}
    )
    assert answer.headers["x-trace-id"] == TRACE
    assert answer.json()["trace_id"] == TRACE


async def test_each_request_without_a_trace_starts_one(client: httpx.AsyncClient) -> None:
    traces = {(await client.get("/documents")).headers["x-trace-id"] for _ in range(3)}
    assert len(traces) == 3


@pytest.mark.parametrize(
    "header", ["", "00-xyz", f"ff-{TRACE}-{'1' * 16}-01", f"00-{TRACE.upper()}-{'1' * 16}-01"]
)
async def test_an_invalid_traceparent_starts_a_new_trace(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/documents", headers={"traceparent": header})
    assert answer.status_code == 200
    assert answer.headers["x-trace-id"] != TRACE


async def test_two_traceparents_are_as_good_as_none(client: httpx.AsyncClient) -> None:
    header = ("traceparent", format_traceparent(TRACE, new_span_id()))
    answer = await client.get("/documents", headers=[header, header])
    assert answer.headers["x-trace-id"] != TRACE


async def test_each_request_is_one_log_line(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [
        await client.get("/documents?limit=3"),
        await client.get("/nowhere"),
        await client.get("/broken"),
    ]
    lines = request_lines(capsys)
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("GET", "/documents", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/broken", 500),
    ]
    assert [line["trace_id"] for line in lines] == [answer.headers["x-trace-id"] for answer in answers]
    assert all(line["duration_ms"] >= 0 and line["tenant"] == "acme" for line in lines)
    assert {line["service"] for line in lines} == {"ingestion"}


async def test_a_key_and_a_query_are_not_logged(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/documents?limit=hunter2")
    text = capsys.readouterr().err
    assert "hunter2" not in text
    assert "the-key-of-acme-inc" not in text


async def test_a_path_cannot_forge_a_line(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/a%0Ab%1B%5B2J" + "c" * 2000)
    (line,) = request_lines(capsys)
    assert line["path"].startswith("/a%0Ab%1B%5B2Jccc")
    assert len(line["path"]) == 500


async def test_passing_probes_are_no_news(
    stranger: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    await stranger.get("/health")
    await stranger.get("/health/ready")
    await stranger.post("/health")
    assert [line["status"] for line in request_lines(capsys)] == [405]

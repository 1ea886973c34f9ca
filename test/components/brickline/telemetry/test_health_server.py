import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from brickline.telemetry import METRICS, Health, HealthServer, ListenError
from support.scraping import Page


@pytest.fixture
def health() -> Health:
    health = Health("analysis")
    health.add("broker", well)
    return health


async def well() -> None:
    return None


@pytest.fixture
async def server(health: Health) -> AsyncIterator[HealthServer]:
    async with HealthServer(health, "127.0.0.1", 0) as server:
        yield server


@pytest.fixture
async def client(server: HealthServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}") as client:
        yield client


async def send(server: HealthServer, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def down() -> str | None:
    return "The database does not answer."


async def test_liveness_names_the_service(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "service": "analysis"}


async def test_readiness_is_200_and_turns_503_with_the_reason(
    client: httpx.AsyncClient, health: Health
) -> None:
    assert (await client.get("/health/ready")).status_code == 200
    health.add("database", down)
    answer = await client.get("/health/ready?probe=1")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["checks"] == {"broker": "ok", "database": "The database does not answer."}


async def test_metrics_are_what_the_process_counts_in_prometheus_format(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == METRICS.content_type
    assert Page(answer.text).value("python_info") == 1


@pytest.mark.parametrize("path", [b"/health", b"/metrics"])
async def test_a_head_request_gets_no_body(server: HealthServer, path: bytes) -> None:
    answer = await send(server, b"HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n" % path)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /metric HTTP/1.1\r\n\r\n", 404),
        (b"GET /health/ HTTP/1.1\r\n\r\n", 404),
        (b"POST /health HTTP/1.1\r\n\r\n", 405),
        (b"POST /metrics HTTP/1.1\r\n\r\n", 405),
        (b"\r\n\r\n", 400),
        (b"GET /health\r\n\r\n", 400),
        (b"\x16\x03\x01\x00\x00\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", 431),
    ],
)
async def test_what_is_not_a_health_request_is_a_problem(
    server: HealthServer, request_: bytes, status: int
) -> None:
    head, _, body = (await send(server, request_)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status


async def test_a_wrong_method_is_told_the_right_ones(server: HealthServer) -> None:
    assert b"Allow: GET, HEAD\r\n" in await send(server, b"DELETE /health HTTP/1.1\r\n\r\n")


async def test_silent_clients_do_not_keep_others_waiting(
    server: HealthServer, client: httpx.AsyncClient
) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(50)]
    assert (await client.get("/health")).status_code == 200
    for _, writer in silent:
        writer.close()


async def test_leaving_cuts_clients_that_say_nothing(health: Health) -> None:
    async with HealthServer(health, "127.0.0.1", 0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /health")
        await writer.drain()
        other = await send(server, b"GET /health HTTP/1.1\r\n\r\n")
        assert other.startswith(b"HTTP/1.1 200 ")
    async with asyncio.timeout(10):
        assert await reader.read() == b""
    writer.close()


async def test_a_port_in_use_is_named(server: HealthServer, health: Health) -> None:
    with pytest.raises(ListenError, match=f"127.0.0.1:{server.port}"):
        async with HealthServer(health, "127.0.0.1", server.port):
            pass


async def test_the_port_is_free_after_leaving(health: Health) -> None:
    async with HealthServer(health, "127.0.0.1", 0) as first:
        await send(first, b"GET /health HTTP/1.1\r\n\r\n")
    async with HealthServer(health, "127.0.0.1", first.port) as second:
        assert (await send(second, b"GET /health HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200 ")

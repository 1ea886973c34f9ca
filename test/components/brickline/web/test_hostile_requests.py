"""Bytes that no well-behaved client sends, over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUTH = b"Host: x\r\nAuthorization: Bearer the-key-of-acme-inc\r\n"
POST = b"POST /documents HTTP/1.1\r\n" + AUTH + b"Content-Type: application/json\r\n"


async def talk(client: httpx.AsyncClient, *parts: bytes, hang_up: bool = False) -> bytes:
    """Send the parts one after the other and give all that comes back until the server closes or pauses."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    if hang_up:
        writer.write_eof()
    try:
        async with asyncio.timeout(8):
            return await reader.read()
    finally:
        writer.close()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _still_serving(client: httpx.AsyncClient) -> AsyncIterator[None]:
    yield
    assert (await client.get("/documents")).status_code == 200, "the next client must not notice"


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: \x00\r\n\r\n",
        b"GET /documents HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET /documents HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 66_000,
        b"GET /" + b"y" * 66_000,
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_no_http_is_a_problem_too(client: httpx.AsyncClient, request_: bytes) -> None:
    head, _, body = (await talk(client, request_)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400
    assert b"uvicorn" not in head.lower()


async def test_a_request_of_http_1_0_is_answered_and_closed(client: httpx.AsyncClient) -> None:
    assert status_of(await talk(client, b"GET /documents HTTP/1.0\r\n" + AUTH + b"\r\n")) == 200


async def test_chunks_over_the_limit_are_413_and_the_connection_lives_on(client: httpx.AsyncClient) -> None:
    chunk = b"400\r\n" + b"x" * 0x400 + b"\r\n"
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    last = b"GET /documents HTTP/1.1\r\nConnection: close\r\n" + AUTH + b"\r\n"
    answer = await talk(client, head, *[chunk] * 50, b"0\r\n\r\n", last)
    assert status_of(answer) == 413
    assert b"HTTP/1.1 200 OK" in answer


async def test_a_declared_length_over_the_limit_is_413_before_a_byte_is_sent(
    client: httpx.AsyncClient,
) -> None:
    head = POST + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 99999999999999999999\r\n\r\n"
    assert status_of(await talk(client, head)) == 413


async def test_a_caller_without_key_is_told_before_a_byte_is_sent(client: httpx.AsyncClient) -> None:
    head = b"POST /documents HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n"
    assert status_of(await talk(client, head)) == 401


async def test_a_client_that_hangs_up_within_its_body_is_no_failure(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await talk(client, POST + b"Content-Length: 1000\r\n\r\n" + b'{"text": "', hang_up=True)
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_chunk_that_is_cut_is_no_failure(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n400\r\n"
    await talk(client, head, b"x" * 10, hang_up=True)
    assert not [record for record in caplog.records if record.exc_info]


async def test_pipelined_requests_are_answered_in_order(client: httpx.AsyncClient) -> None:
    first = b"GET /documents HTTP/1.1\r\n" + AUTH + b"\r\n"
    second = b"GET /nowhere HTTP/1.1\r\nConnection: close\r\n" + AUTH + b"\r\n"
    answer = await talk(client, first + second)
    assert answer.index(b" 200 OK") < answer.index(b" 404 Not Found")


async def test_garbage_after_an_early_answer_closes_the_connection_and_is_no_failure(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /documents HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    writer.write(head)
    async with asyncio.timeout(5):
        assert status_of(await reader.readuntil(b"\r\n\r\n")) == 401
        writer.write(b"no chunk at all\r\n")
        await reader.read()
    writer.close()
    assert not [record for record in caplog.records if record.exc_info]

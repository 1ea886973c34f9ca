import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from brickline_dev.ports import free_ports
from brickline_dev.wire import Wire, over, server_of, wire_to
from support.waiting import eventually


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest.fixture
async def echo_url() -> AsyncIterator[str]:
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    async with server:
        yield f"amqp://guest:guest@127.0.0.1:{server.sockets[0].getsockname()[1]}/"


@asynccontextmanager
async def _client(wire: Wire) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def test_what_is_sent_over_a_wire_comes_back_whole_however_much_it_is(echo_url: str) -> None:
    sent = bytes(range(256)) * 20_000
    async with wire_to(echo_url) as (wire, _), _client(wire) as (reader, writer):
        writer.write(sent)
        assert await asyncio.wait_for(reader.readexactly(len(sent)), 10) == sent


async def test_severing_resets_every_connection_and_new_ones_go_through(echo_url: str) -> None:
    async with wire_to(echo_url) as (wire, _), _client(wire) as (first, _), _client(wire) as (second, _):
        await eventually(lambda: wire.connections == 2)
        assert wire.sever() == 2
        for reader in (first, second):
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.read(), 5)
        assert wire.connections == 0
        async with _client(wire) as (reader, writer):
            writer.write(b"again")
            assert await asyncio.wait_for(reader.readexactly(5), 5) == b"again"


async def test_a_client_that_leaves_is_no_connection_any_more(echo_url: str) -> None:
    async with wire_to(echo_url) as (wire, _):
        async with _client(wire) as (reader, writer):
            writer.write(b"x")
            await reader.readexactly(1)
        await eventually(lambda: wire.connections == 0)
        assert wire.sever() == 0


async def test_without_a_server_a_connection_is_reset() -> None:
    (nobody,) = free_ports(1)
    async with wire_to(f"amqp://127.0.0.1:{nobody}/") as (wire, _), _client(wire) as (reader, _):
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), 5)


async def test_a_server_that_moved_is_found_where_it_is_now(echo_url: str) -> None:
    (nobody,) = free_ports(1)
    wire = Wire(("127.0.0.1", nobody))
    async with wire.listening():
        wire.server = server_of(echo_url)
        async with _client(wire) as (reader, writer):
            writer.write(b"there")
            assert await asyncio.wait_for(reader.readexactly(5), 5) == b"there"


def test_the_url_over_a_wire_keeps_credentials_and_path() -> None:
    wire = Wire(("broker", 1))
    wire.port = 1234
    assert over(wire, "amqp://guest:pass@broker:1/vhost?heartbeat=5") == (
        "amqp://guest:pass@127.0.0.1:1234/vhost?heartbeat=5"
    )


def test_a_server_on_a_unix_socket_is_reached_by_tcp_over_the_wire() -> None:
    url = "postgresql://postgres@/brickline?host=/run/pg&port=5432"
    assert server_of(url) == Path("/run/pg/.s.PGSQL.5432")
    wire = Wire(server_of(url))
    wire.port = 1234
    assert over(wire, url) == "postgresql://postgres@127.0.0.1:1234/brickline?sslmode=disable"

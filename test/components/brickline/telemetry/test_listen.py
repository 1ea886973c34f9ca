import asyncio
import socket

import pytest

from brickline.telemetry import ListenError, open_listener


async def test_port_zero_takes_a_free_port() -> None:
    with await open_listener("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


async def test_a_port_in_use_is_named_with_what_to_do() -> None:
    with await open_listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}.*in use.*BRICKLINE_PORT"):
            await open_listener("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "reason"), [("no-such-host.invalid", "unknown"), ("192.0.2.1", "has no such address")]
)
async def test_an_address_of_another_machine_is_refused(host: str, reason: str) -> None:
    with pytest.raises(ListenError, match=rf"{host}:0.*{reason}.*BRICKLINE_HOST"):
        await open_listener(host, 0)


async def test_answers_do_not_wait_for_acknowledgements() -> None:
    nodelay = asyncio.get_running_loop().create_future()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        nodelay.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = await open_listener("127.0.0.1", 0)
    async with await asyncio.start_server(accept, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        async with asyncio.timeout(10):
            assert await nodelay
        writer.close()

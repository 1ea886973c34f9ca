import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import aio_pika
import pytest

from brickline_dev import rabbit_node
from brickline_dev.errors import NodeError
from brickline_dev.rabbit_files import find_server
from brickline_dev.rabbit_node import RabbitNode
from support.missing import miss
from support.processes import listening_addresses, processes_mentioning
from support.waiting import eventually


@pytest.fixture
def rabbitmq_server() -> None:
    if find_server() is None:
        miss("no rabbitmq-server is installed")


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="brickline node ü-") as name:
        yield Path(name)


async def _declare_and_publish(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        await channel.declare_queue("kept", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(b"still here", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def _get(url: str) -> bytes:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("kept")  # passive: fails if the queue is gone
        # A subscription waits, where a get would fail, until the queue has elected its leader again.
        async with asyncio.timeout(60), queue.iterator() as messages:
            return (await anext(messages)).body


@pytest.mark.usefixtures("rabbitmq_server")
@pytest.mark.parametrize("end", [RabbitNode.stop, RabbitNode.kill], ids=["stop", "kill"])
async def test_a_restarted_node_still_holds_a_durable_queue_and_its_message(
    folder: Path, end: Callable[[RabbitNode], Awaitable[None]]
) -> None:
    node = RabbitNode(folder)
    await node.start()
    url = node.url
    try:
        await _declare_and_publish(url)
        await eventually(lambda: node.has_registered("kept"))
        await end(node)
        assert not node.is_running
        await node.start()
        assert node.url == url
        assert await _get(url) == b"still here"
    finally:
        await node.kill()


@pytest.mark.usefixtures("rabbitmq_server")
async def test_a_stopped_node_leaves_no_process_behind_and_listened_on_loopback_only(folder: Path) -> None:
    async with RabbitNode(folder) as node:
        started = processes_mentioning(str(folder))
        addresses = listening_addresses(started)
        assert node.is_running
    assert started
    assert addresses
    assert addresses <= {"127.0.0.1", "::1"}
    await eventually(lambda: not processes_mentioning(str(folder)))


@pytest.mark.usefixtures("rabbitmq_server")
async def test_a_node_ends_when_the_process_that_started_it_is_killed(folder: Path) -> None:
    script = (
        "import asyncio, sys, pathlib\n"
        "from brickline_dev.rabbit_node import RabbitNode\n"
        "async def main():\n"
        "    async with RabbitNode(pathlib.Path(sys.argv[1])):\n"
        "        print('serving', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(folder), stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"serving\n"
    holder.kill()
    await holder.wait()
    await eventually(lambda: not processes_mentioning(str(folder)), timeout_s=20)


@pytest.mark.usefixtures("rabbitmq_server")
async def test_a_node_that_cannot_start_says_why_and_leaves_no_process_behind(folder: Path) -> None:
    (folder / "data").write_text("a file where the data directory belongs")
    with pytest.raises(NodeError, match="ended while starting") as failure:
        await RabbitNode(folder).start()
    assert "output.log:" in str(failure.value)
    await eventually(lambda: not processes_mentioning(str(folder)))


async def test_without_an_installed_server_the_error_says_how_to_get_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rabbit_node, "find_server", lambda: None)
    with pytest.raises(NodeError, match="apt-get install rabbitmq-server"):
        await RabbitNode(folder).start()

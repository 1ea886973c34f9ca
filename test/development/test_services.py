import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from brickline_dev.backing import Backing
from brickline_dev.child import Service
from brickline_dev.errors import ServiceError
from brickline_dev.ports import free_ports, is_free
from brickline_dev.services import main, run
from support.waiting import eventually


@pytest.fixture(autouse=True)
def given_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that the stand-ins never call, so that none is started for them."""
    monkeypatch.setenv("BRICKLINE_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/none")
    monkeypatch.setenv("BRICKLINE_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:1/")
    monkeypatch.setenv("BRICKLINE_API_KEYS", "default:a-key-for-this-test")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))


def steady(name: str, port: int) -> Service:
    return Service(name, "support.steady_service", port, "GET /health")


async def test_cancelling_drains_every_service_and_addresses_were_announced(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = free_ports(2)
    running = asyncio.create_task(run([steady("one", first), steady("two", second)], tmp_path))
    said = ""

    def announced() -> bool:
        nonlocal said
        said += capfd.readouterr().out
        return "API key: a-key-for-this-test" in said

    await eventually(announced)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    said += capfd.readouterr().out
    assert f"http://127.0.0.1:{first}  one: GET /health\n" in said
    assert f"http://127.0.0.1:{second}  two: GET /health\n" in said
    # Given ones may hold a password.
    assert "Database: as in BRICKLINE_DATABASE_URL\nBroker: as in BRICKLINE_RABBITMQ_URL\n" in said
    assert "one             | drained\n" in said
    assert "two             | drained\n" in said
    assert is_free(first)


async def test_the_servers_of_its_own_are_announced_so_that_they_can_be_used(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def own_servers(_directory: Path) -> AsyncIterator[Backing]:
        yield Backing(
            "postgresql://postgres@/brickline?host=/run/x&port=5432", "amqp://guest:guest@127.0.0.1:5/"
        )

    monkeypatch.delenv("BRICKLINE_DATABASE_URL")
    monkeypatch.delenv("BRICKLINE_RABBITMQ_URL")
    monkeypatch.setattr("brickline_dev.services.backing", own_servers)
    running = asyncio.create_task(run([steady("one", *free_ports(1))], tmp_path))
    said = ""

    def announced() -> bool:
        nonlocal said
        said += capfd.readouterr().out
        return "Ctrl-C" in said

    await eventually(announced)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "Database: 'postgresql://postgres@/brickline?host=/run/x&port=5432'\n" in said
    assert "Broker: amqp://guest:guest@127.0.0.1:5/\n" in said


async def test_when_one_service_ends_the_others_are_drained_and_it_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first, second = free_ports(2)
    with pytest.raises(ServiceError, match=r"two \(exit code 1\)"):
        await run(
            [steady("one", first), Service("two", "support.no_such_module", second, "nothing")], tmp_path
        )
    said = capfd.readouterr().out
    assert "two             | " in said
    assert is_free(first)


async def test_a_port_in_use_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"port {port} for one is in use"):
            await run([steady("one", port)], tmp_path)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))


def test_an_impossible_port_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        main(["--port", "65535"])
    assert refusal.value.code == 2
    assert "--port must be from 1 to 65533" in capsys.readouterr().err

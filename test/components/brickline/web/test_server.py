import asyncio
import logging
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from brickline.settings import ApiKeys, HttpSettings
from brickline.telemetry import Health, ListenError, open_listener
from brickline.web import create_app, run_server

KEY = "the-key-of-acme-inc"


class Service:
    """A service that notes its life and whose one route waits to be released."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.entered, self.release = asyncio.Event(), asyncio.Event()
        router = APIRouter()

        @router.get("/slow")
        async def slow() -> str:
            self.entered.set()
            await self.release.wait()
            return "done"

        self.app = create_app(
            service="ingestion",
            health=Health("ingestion"),
            settings=HttpSettings(api_keys=ApiKeys({KEY: "acme"})),
            routers=[router],
            lifespan=self.lifespan,
        )

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        self.events.append("start")
        yield
        self.events.append("stop")

    async def start(self) -> tuple["asyncio.Task[None]", str]:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(run_server(self.app, host="127.0.0.1", port=0, on_started=port.set_result))
        async with asyncio.timeout(5):
            return task, f"http://127.0.0.1:{await port}"


async def stopped(task: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(15):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_server_answers_as_soon_as_it_says_so_until_cancelled() -> None:
    service = Service()
    task, url = await service.start()
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{url}/health")).status_code == 200
        task.cancel()
        await stopped(task)
        with pytest.raises(httpx.ConnectError):
            await client.get(f"{url}/health")
    assert service.events == ["start", "stop"]


async def test_a_request_in_flight_is_finished_before_the_lifespan_ends() -> None:
    service = Service()
    task, url = await service.start()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}) as client:
        request = asyncio.create_task(client.get(f"{url}/slow"))
        await service.entered.wait()
        task.cancel()
        await asyncio.sleep(0)
        assert service.events == ["start"]
        service.release.set()
        assert (await request).json() == "done"
    await stopped(task)
    assert service.events == ["start", "stop"]


async def test_a_second_cancellation_does_not_wait_for_requests() -> None:
    service = Service()
    task, url = await service.start()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {KEY}"}) as client:
        request = asyncio.create_task(client.get(f"{url}/slow"))
        await service.entered.wait()
        task.cancel()
        await asyncio.sleep(0.05)  # the first is being dealt with
        task.cancel()
        async with asyncio.timeout(8):  # requests have 10 s
            with pytest.raises(asyncio.CancelledError):
                await task
        service.release.set()
        await asyncio.wait([request])
    assert service.events == ["start", "stop"]


async def test_a_port_in_use_is_told_before_anything_starts() -> None:
    service = Service()
    with await open_listener("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}.*in use.*another port"):
            await run_server(service.app, host="127.0.0.1", port=port)
    assert service.events == []


async def test_an_error_at_start_reaches_the_caller_and_frees_the_port() -> None:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        raise ConnectionRefusedError("no database")
        yield

    app = create_app(
        service="ingestion",
        health=Health("ingestion"),
        settings=HttpSettings(api_keys=ApiKeys({KEY: "acme"})),
        lifespan=lifespan,
    )
    with await open_listener("127.0.0.1", 0) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(ConnectionRefusedError, match="no database"):
        await run_server(app, host="127.0.0.1", port=port)
    (await open_listener("127.0.0.1", port)).close()


async def test_an_error_of_the_caller_stops_the_server() -> None:
    service = Service()

    def fail(port: int) -> None:
        raise RuntimeError(port)

    with pytest.raises(RuntimeError):
        await run_server(service.app, host="127.0.0.1", port=0, on_started=fail)
    assert service.events == ["start", "stop"]


async def test_several_servers_live_in_one_loop() -> None:
    services = [Service(), Service()]
    started = [await service.start() for service in services]
    async with httpx.AsyncClient() as client:
        for _, url in started:
            assert (await client.get(f"{url}/health")).status_code == 200
    for task, _ in started:
        task.cancel()
        await stopped(task)


async def test_signals_and_logging_are_left_to_the_program_around() -> None:
    def around() -> list[object]:
        signals = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        return [*signals, *(logging.getLogger(name).handlers for name in ("uvicorn", "uvicorn.error"))]

    before = around()
    task, _ = await Service().start()
    assert around() == before
    task.cancel()
    await stopped(task)


async def test_kept_alive_connections_answer_without_a_pause() -> None:
    """Nagle's algorithm would keep what follows an answer's head back for 40 ms, for its acknowledgement."""
    task, url = await Service().start()
    async with httpx.AsyncClient() as client:
        await client.get(f"{url}/health")
        assert no_delay_of_accepted(httpx.URL(url).port) == [1]
    task.cancel()
    await stopped(task)


def no_delay_of_accepted(port: int | None) -> list[int]:
    """TCP_NODELAY of each connection that this process has accepted on a port."""
    found = []
    for descriptor in Path("/dev/fd").iterdir():
        with (
            suppress(OSError),  # it is no socket, or has no peer
            socket.fromfd(int(descriptor.name), socket.AF_INET, socket.SOCK_STREAM) as one,
        ):
            one.getpeername()
            if one.getsockname()[1:2] == (port,):
                found.append(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    return found


def test_importing_the_brick_loads_no_server() -> None:
    script = """
        import sys, brickline.web
        print([name for name in ("uvicorn", "structlog", "rich") if name in sys.modules])
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"

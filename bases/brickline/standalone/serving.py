"""The stack behind one HTTP server, for as long as a command needs it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brickline.embedded import EmbeddedPostgres
from brickline.events import Release
from brickline.persistence import DatabaseUnavailable
from brickline.process import stopped_by_signals, until
from brickline.standalone.data_folder import require_ours
from brickline.standalone.settings import StandaloneSettings, with_keys
from brickline.standalone.stack import running_stack
from brickline.telemetry import Health
from brickline.web import create_app, run_server

SERVICE = "standalone"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the stack answers, and to which key."""

    url: str
    api_key: str


Use = Callable[[Address], Coroutine[Any, Any, None]]
"""What a command does with a running stack."""


async def serve(data_dir: Path, settings: StandaloneSettings, use: Use) -> None:
    """Serve while `use` runs, until it ends or a signal comes; then drain.

    Raises `DataDirectoryError` for a directory that holds other things.
    """
    require_ours(data_dir)
    health = Health(SERVICE)
    async with (
        stopped_by_signals() as stop,
        EmbeddedPostgres(data_dir / "postgres") as postgres,
        running_stack(
            postgres, health, settings.models_file, release=Release(settings.release, settings.deployment)
        ) as routers,
    ):
        settings = with_keys(settings, data_dir)
        app = create_app(
            service=SERVICE,
            health=health,
            settings=settings,
            routers=routers,
            unavailable=(DatabaseUnavailable,),
        )
        started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        server = asyncio.create_task(
            run_server(app, host=settings.host, port=settings.port, on_started=started.set_result)
        )
        try:
            waited: set[asyncio.Future[Any]] = {server, started}
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
            if not started.done():
                return await server
            key = next(iter(settings.api_keys.get_secret_value()))
            address = Address(_url(settings.host, started.result()), key)
            await until(stop, while_it_runs(postgres, use(address)))
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)


async def while_it_runs(postgres: EmbeddedPostgres, work: Coroutine[Any, Any, None]) -> None:
    """Do `work`; without a database there is no use in going on."""
    working, watching = asyncio.ensure_future(work), asyncio.ensure_future(postgres.watch())
    try:
        done, _ = await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        for task in (working, watching):
            task.cancel()
        await asyncio.gather(working, watching, return_exceptions=True)


def _url(host: str, port: int) -> str:
    """Write the URL of an address; one of IPv6 goes in brackets (RFC 3986, section 3.2.2)."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

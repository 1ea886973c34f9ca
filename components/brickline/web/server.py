"""Serve an application inside a running event loop."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import FastAPI

from brickline.telemetry import get_logger, open_listener

if TYPE_CHECKING:
    from brickline.web.uvicorn_server import EmbeddedServer

log = get_logger(__name__)


async def run_server(
    app: FastAPI, *, host: str, port: int, on_started: Callable[[int], None] | None = None
) -> None:
    """Serve `app` until this task is cancelled, then let requests in flight finish (10 s at most).

    Port 0 takes a free one; `on_started` is told the real port once requests are answered. Signals are left
    to the caller, who may have more to stop than this. Raises ListenError where it cannot listen, before the
    lifespan is entered, and whatever the lifespan raises.
    """
    from brickline.web.uvicorn_server import EmbeddedServer  # uvicorn: only for those who serve

    listener = await open_listener(host, port)
    with listener:
        real_port: int = listener.getsockname()[1]
        # Entered here and not by uvicorn, which would turn an error at start into its own exit.
        async with app.router.lifespan_context(app):
            server = EmbeddedServer(app, listener)
            serving = asyncio.create_task(server.serve(), name=f"http server on port {real_port}")
            try:
                await server.until_started()
                if server.started:
                    log.info("listening", host=host, port=real_port)
                    if on_started is not None:
                        on_started(real_port)
                await asyncio.shield(serving)
            finally:
                await _stop(server, serving)


async def _stop(server: "EmbeddedServer", serving: "asyncio.Task[None]") -> None:
    server.should_exit = True
    try:
        await asyncio.shield(serving)
    finally:
        # Cancelled a second time: whoever stops us has no patience left.
        serving.cancel()

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

    with await open_listener(host, port) as listener:
        # Entered here and not by uvicorn, which would turn an error at start into its own exit.
        async with app.router.lifespan_context(app):
            ended = await _serve(EmbeddedServer(app, listener), on_started)
    if ended is not None:
        raise ended


async def _serve(server: "EmbeddedServer", on_started: Callable[[int], None] | None) -> BaseException | None:
    """Serve to the end, and give what ended it instead of raising it.

    So the lifespan ends as it does in any other server: after its `yield`, not with an exception inside.
    """
    serving = asyncio.create_task(server.serve(), name=f"http server on port {server.port}")
    try:
        await server.until_started()
        if server.started:
            log.info("listening", host=server.host, port=server.port)
            if on_started is not None:
                on_started(server.port)
        await asyncio.shield(serving)
        return None
    except BaseException as error:
        await _stop(server, serving)
        return error


async def _stop(server: "EmbeddedServer", serving: "asyncio.Task[None]") -> None:
    server.should_exit = True
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        serving.cancel()  # cancelled a second time: whoever stops us has no patience left
    except Exception:
        log.exception("the http server failed")

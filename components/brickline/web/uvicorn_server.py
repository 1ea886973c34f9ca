"""uvicorn, made to live inside another program."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Iterator
from http import HTTPStatus

import h11
from fastapi import FastAPI
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from brickline.web.errors import ABOUT_BLANK
from brickline.web.problem_response import MEDIA_TYPE

_GRACE_S = 10


class EmbeddedServer(Server):
    """A server on an open socket, without signal handlers, logging set-up or lifespan of its own."""

    def __init__(self, app: FastAPI, listener: socket.socket) -> None:
        super().__init__(
            Config(
                app,
                http=ProblemProtocol,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self.host: str = listener.getsockname()[0]
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._ready = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit` is set."""
        try:
            await super().serve(sockets or [self._listener])
        finally:
            self._ready.set()

    async def until_started(self) -> None:
        """Wait until requests are answered, or until `serve` ended without."""
        await self._ready.wait()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell who waits for the start."""
        await super().startup(sockets)
        self._ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program around."""
        yield


class ProblemProtocol(H11Protocol):
    """Answers what is no HTTP request with a problem too: no application gets to see it."""

    def send_400_response(self, msg: str) -> None:
        """Answer, unless an answer has begun, and close."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        status = HTTPStatus.BAD_REQUEST
        body = {"type": ABOUT_BLANK, "title": status.phrase, "status": status.value, "detail": msg}
        content = json.dumps(body).encode()
        headers = [
            ("content-type", MEDIA_TYPE),
            ("content-length", str(len(content))),
            ("x-content-type-options", "nosniff"),
            ("connection", "close"),
        ]
        response = h11.Response(status_code=status, headers=headers, reason=status.phrase)
        for event in (response, h11.Data(data=content), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

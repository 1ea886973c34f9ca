"""Health and metrics over HTTP for services without an HTTP API, with the standard library's server."""

import asyncio
import contextlib
import json
from http import HTTPStatus
from types import TracebackType
from typing import Self

from brickline.telemetry.health import Health
from brickline.telemetry.listen import open_listener
from brickline.telemetry.metrics import METRICS

_MAX_HEAD_BYTES = 16 * 1024
_TIMEOUT_S = 5.0
_PATHS = (b"/health", b"/health/ready", b"/metrics")


class HealthServer:
    """Serves `GET /health`, `GET /health/ready` and `GET /metrics` while the context is entered.

    Raises ListenError on entry where it cannot listen. With port 0 it takes a free one: see `port`.
    """

    def __init__(self, health: Health, host: str, port: int) -> None:
        self._health = health
        self._host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        listener = await open_listener(self._host, self.port)
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(self._accept, sock=listener, limit=_MAX_HEAD_BYTES)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Own tasks, so that closing does not wait for a client that keeps its connection open.
        connection = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A client that went away or sends nothing is not our failure.
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                async with asyncio.timeout(_TIMEOUT_S):
                    writer.write(await self._respond(reader))
                    await writer.drain()
        finally:
            writer.close()

    async def _respond(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        words = head.split(b"\r\n", 1)[0].split(b" ")
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            return _problem(HTTPStatus.BAD_REQUEST)
        method, path = words[0], words[1].partition(b"?")[0]
        if path not in _PATHS:
            return _problem(HTTPStatus.NOT_FOUND)
        if method not in (b"GET", b"HEAD"):
            return _problem(HTTPStatus.METHOD_NOT_ALLOWED)
        return await self._answer(path, with_content=method == b"GET")

    async def _answer(self, path: bytes, *, with_content: bool) -> bytes:
        if path == b"/metrics":
            return _response(200, METRICS.content_type, await METRICS.scrape(), with_content=with_content)
        if path == b"/health":
            status, body = 200, self._health.liveness()
        else:
            readiness = await self._health.readiness()
            status, body = readiness.http_status, readiness.body()
        return _response(status, "application/json", json.dumps(body).encode(), with_content=with_content)


def _problem(status: HTTPStatus) -> bytes:
    """Write an error as a problem (RFC 9457), as every error of the workspace is."""
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value}
    return _response(status, "application/problem+json", json.dumps(problem).encode())


def _response(status: int, content_type: str, content: bytes, *, with_content: bool = True) -> bytes:
    lines = [
        f"HTTP/1.1 {status:d} {HTTPStatus(status).phrase}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(content)}",
        "Connection: close",
        *(["Allow: GET, HEAD"] if status == HTTPStatus.METHOD_NOT_ALLOWED else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (content if with_content else b"")

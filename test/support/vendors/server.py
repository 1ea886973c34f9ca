"""A small HTTP/1.1 server on the loopback interface that answers each request as a script says."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

KEY = "sk-the-secret-of-this-test"
_KEY_HEADERS = ("authorization", "x-api-key", "x-goog-api-key")


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]
    """With their names in lower case."""
    body: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """What the pretended model does with a request that is well-formed."""

    text: str | None = None
    """None: something that fits the schema, out of the document's own words."""
    ending: str = "done"
    """Or: cut off, refused, filtered."""
    usage: Mapping[str, int] | None = field(default_factory=lambda: {"in": 120, "out": 30})
    """Tokens; further names: cached, thought. None: it does not tell."""


class Wire:
    """One connection, from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def read(self) -> Request | None:
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        first, *lines = head.decode().split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = first.split(" ")
        return Request(f"{method} {path}", headers, json.loads(body or b"{}"))

    async def head(self, status: int, headers: Mapping[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.writer.write("\r\n".join(lines).encode())
        await self.writer.drain()

    async def send(
        self,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        own = {"content-type": kind, "content-length": str(len(body))}
        await self.head(status, {**own, **(headers or {})})
        self.writer.write(body)
        await self.writer.drain()


class Step(Protocol):
    """What happens to one well-formed request."""

    async def play(self, server: "VendorServer", request: Request, wire: Wire) -> None: ...


class VendorServer(ABC):
    """Speaks one vendor's format: whatever it does not know, it answers with that vendor's error 400."""

    def __init__(self, default: Step) -> None:
        self.requests: list[Request] = []
        self.script: deque[Step] = deque()
        self.port = 0
        self._default = default
        self._open: set[asyncio.Task[None]] = set()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def complaint(self, request: Request) -> str | None:
        """Why the request is not one that the vendor takes."""

    @abstractmethod
    def reply(self, request: Request, said: Said) -> dict[str, Any]:
        """`said` in the vendor's format."""

    @abstractmethod
    def error(self, status: int, message: str) -> dict[str, Any]:
        """An error in the vendor's format."""

    @abstractmethod
    def may_enter(self, request: Request) -> bool:
        """Whether the request comes with the key, where the vendor wants it."""

    def then(self, *steps: Step) -> Self:
        self.script.extend(steps)
        return self

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Self]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**22)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        wire = Wire(reader, writer)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):
                while (request := await wire.read()) is not None and not writer.is_closing():
                    await self._answer(request, wire)
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, request: Request, wire: Wire) -> None:
        self.requests.append(request)
        if not self.may_enter(request):
            given = [value for name, value in request.headers.items() if name in _KEY_HEADERS]
            await wire.send(401, encoded(self.error(401, f"Incorrect API key provided: {given}")))
        elif complaint := self.complaint(request):
            await wire.send(400, encoded(self.error(400, complaint)))
        else:
            step = self.script.popleft() if self.script else self._default
            await step.play(self, request, wire)


def encoded(body: object) -> bytes:
    return json.dumps(body).encode()

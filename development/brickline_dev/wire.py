"""A wire that can be cut: carries connections to a server until somebody severs them."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias, cast
from urllib.parse import parse_qs, urlsplit

from brickline_dev.ports import LOOPBACK

Server: TypeAlias = tuple[str, int] | Path
"""Host and port, or a Unix socket."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Wire:
    """Listens on a port of the loopback interface and carries each connection on to `server`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        """Where connections go that are made from now on."""
        self.port = 0
        self._ends: set[_End] = set()
        self._connecting: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many it carries now."""
        return len(self._ends) // 2

    def sever(self) -> int:
        """Reset every connection there is and return how many there were; new ones go through."""
        cut, ends, self._ends = self.connections, self._ends, set()
        for end in ends:
            end.reset()
        return cut

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Carry until the block ends; then everything is severed."""
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: _End(self._joined), LOOPBACK, 0)
        self.port = listener.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            listener.close()
            self.sever()

    def _joined(self, near: "_End") -> None:
        task = asyncio.create_task(self._carry(near))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _carry(self, near: "_End") -> None:
        loop = asyncio.get_running_loop()
        far = _End()
        try:
            if isinstance(self.server, Path):
                await loop.create_unix_connection(lambda: far, str(self.server))
            else:
                await loop.create_connection(lambda: far, *self.server)
        except OSError:
            near.reset()
            return
        for one, other in ((near, far), (far, near)):
            self._ends.add(one)
            one.join(other, self._ends.discard)


class _End(asyncio.Protocol):
    """One end of a carried connection: what arrives at it leaves by the other."""

    transport: asyncio.Transport
    _other: "_End"

    def __init__(self, on_arrival: Callable[["_End"], None] | None = None) -> None:
        self._on_arrival = on_arrival
        self._on_loss: Callable[[_End], None] | None = None
        self._lost = False

    def join(self, other: "_End", on_loss: Callable[["_End"], None]) -> None:
        """Start to carry."""
        self._other, self._on_loss = other, on_loss
        if self._lost:  # before there was anything to carry
            self.connection_lost(None)
        else:
            self.transport.resume_reading()

    def reset(self) -> None:
        """Break the connection without a word of any protocol on it, TCP's own farewell included."""
        sock = cast("socket.socket | None", self.transport.get_extra_info("socket"))
        if sock is not None and sock.family != socket.AF_UNIX and sock.fileno() >= 0:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.pause_reading()
        if self._on_arrival is not None:
            self._on_arrival(self)

    def data_received(self, data: bytes) -> None:
        self._other.transport.write(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._lost = True
        if self._on_loss is not None:
            self._on_loss(self)
            self._other.transport.close()

    def pause_writing(self) -> None:
        self._other.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._other.transport.is_closing():
            self._other.transport.resume_reading()


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """Yield a wire to the server of `url`, and the URL by which it is reached over the wire."""
    wire = Wire(server_of(url))
    async with wire.listening():
        yield wire, over(wire, url)


def server_of(url: str) -> Server:
    """Return where the server of `url` listens; PostgreSQL's URLs may name a folder for its socket."""
    parts = urlsplit(url)
    if parts.hostname:
        return parts.hostname, parts.port or {"amqp": 5672, "postgresql": 5432}[parts.scheme]
    options = parse_qs(parts.query)
    return Path(options["host"][0]) / f".s.PGSQL.{options['port'][0]}"


def over(wire: Wire, url: str) -> str:
    """Return `url` by way of the wire."""
    parts = urlsplit(url)
    credentials, at, _ = parts.netloc.rpartition("@")
    # A Unix socket's URL names it in the query; a server that has one speaks no TLS on it.
    query = parts.query if parts.hostname else "sslmode=disable"
    return parts._replace(netloc=f"{credentials}{at}{LOOPBACK}:{wire.port}", query=query).geturl()

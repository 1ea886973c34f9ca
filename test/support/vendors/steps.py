"""The ways in which a vendor's server treats a request."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from support.vendors.server import Request, Said, VendorServer, Wire, encoded


@dataclass(frozen=True)
class Says:
    """Answers."""

    said: Said = field(default_factory=Said)

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        await wire.send(200, encoded(server.reply(request, self.said)))


@dataclass(frozen=True)
class Fails:
    """Answers with an error in the vendor's format."""

    status: int
    message: str = "the server says no"
    headers: Mapping[str, str] = field(default_factory=dict)

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        await wire.send(self.status, encoded(server.error(self.status, self.message)), self.headers)


@dataclass(frozen=True)
class Sends:
    """Answers with just these bytes."""

    body: bytes
    status: int = 200
    kind: str = "application/json"

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        await wire.send(self.status, self.body, kind=self.kind)


@dataclass(frozen=True)
class Stops:
    """Gets as far as `after` and then says nothing more: it stalls, or `closes` the connection."""

    after: str
    """The request, the head, or half of the body."""
    closes: bool = False

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        body = encoded(server.reply(request, Said()))
        if self.after != "request":
            await wire.head(200, {"content-type": "application/json", "content-length": str(len(body))})
        if self.after == "half":
            wire.writer.write(body[: len(body) // 2])
            await wire.writer.drain()
        if self.closes:
            wire.writer.close()
        else:
            await asyncio.sleep(3600)


@dataclass(frozen=True)
class Trickles:
    """Sends a byte now and then, so that no single read takes long."""

    every_s: float = 0.05

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        body = encoded(server.reply(request, Said()))
        await wire.head(200, {"content-type": "application/json", "content-length": str(len(body))})
        for byte in body:
            wire.writer.write(bytes([byte]))
            await wire.writer.drain()
            await asyncio.sleep(self.every_s)


class NeverEnds:
    """Sends white space for ever."""

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        await wire.head(200, {"content-type": "application/json", "transfer-encoding": "chunked"})
        while True:
            wire.writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
            await wire.writer.drain()


@dataclass(frozen=True)
class Redirects:
    """Sends the client elsewhere."""

    to: str

    async def play(self, server: VendorServer, request: Request, wire: Wire) -> None:
        await wire.send(307, b"", {"location": self.to})

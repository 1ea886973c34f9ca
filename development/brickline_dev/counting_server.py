"""A model's server that counts what it would bill: `python -m brickline_dev.counting_server`.

It speaks OpenAI's chat completions (`POST /v1/chat/completions`), answers with something that fits the
schema, and tells its books by `GET /totals`. It bills when a request has arrived, as vendors do: whoever
hangs up before the answer has to pay all the same.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import cast

import httpx

from brickline_dev.counting_books import Books, Totals
from brickline_dev.errors import ServiceError
from brickline_dev.guard import Guard
from brickline_dev.ports import LOOPBACK

_HEAD_ENDS = b"\r\n\r\n"
_ANSWER = (
    b'{"id":"counted-%d","object":"chat.completion","created":0,"model":"%s","choices":[{"index":0,"message":'
    b'{"role":"assistant","content":%s},"finish_reason":"stop"}],"usage":{"prompt_tokens":%d,'
    b'"completion_tokens":%d,"total_tokens":%d}}'
)


class CountingServer:
    """Listens in this process; `latency_s` is the time each answer takes."""

    def __init__(self, books: Books | None = None, *, latency_s: float = 0.0) -> None:
        self.books = books or Books()
        self.latency_s = latency_s
        self.port = 0

    @property
    def base_url(self) -> str:
        """What a models file has to say."""
        return f"http://{LOOPBACK}:{self.port}/v1"

    @contextlib.asynccontextmanager
    async def listening(self, port: int = 0) -> AsyncIterator["CountingServer"]:
        """Answer until the block ends."""
        loop = asyncio.get_running_loop()
        listener = await loop.create_server(lambda: _Connection(self), LOOPBACK, port, backlog=1024)
        self.port = listener.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            listener.close()


class _Connection(asyncio.Protocol):
    """One connection, kept open: as much of HTTP/1.1 as its clients speak, and no more."""

    _transport: asyncio.Transport

    def __init__(self, server: CountingServer) -> None:
        self._server = server
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(_HEAD_ENDS)) >= 0:
            head = bytes(self._buffer[:end])
            start = end + len(_HEAD_ENDS)
            length = _content_length(head)
            if len(self._buffer) < start + length:
                return
            body = bytes(self._buffer[start : start + length])
            del self._buffer[: start + length]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"POST ") and b"/chat/completions " in head:
            status, reply = self._completion(body)
            if self._server.latency_s:
                loop = asyncio.get_running_loop()
                loop.call_later(self._server.latency_s, self._send, status, reply)
                return
        elif head.startswith(b"GET /totals "):
            status, reply = 200, self._server.books.totals().as_json()
        else:
            status, reply = 404, b'{"error":{"message":"there are /v1/chat/completions and /totals"}}'
        self._send(status, reply)

    def _completion(self, body: bytes) -> tuple[int, bytes]:
        try:
            request = json.loads(body)
            model = json.dumps(str(request["model"]))[1:-1].encode()
            answer, inputs, outputs = self._server.books.bill(request)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return 400, json.dumps({"error": {"message": f"{type(error).__name__}: {error}"}}).encode()
        calls = self._server.books.calls
        return 200, _ANSWER % (calls, model, answer, inputs, outputs, inputs + outputs)

    def _send(self, status: int, body: bytes) -> None:
        if not self._transport.is_closing():
            head = b"HTTP/1.1 %d Counted\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
            self._transport.write(head % (status, len(body)) + body)


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


class SpawnedServer:
    """A counting server in a process of its own."""

    def __init__(self, url: str) -> None:
        self.base_url = f"{url}/v1"
        self._url = url

    async def totals(self) -> Totals:
        """Read its books."""
        async with httpx.AsyncClient(trust_env=False) as client:
            return Totals.of((await client.get(f"{self._url}/totals")).raise_for_status().json())


@contextlib.asynccontextmanager
async def spawned(
    *,
    latency_s: float = 0.0,
    input_price: Decimal = Decimal(0),
    output_price: Decimal = Decimal(0),
    output_tokens_each: int | None = None,
) -> AsyncIterator[SpawnedServer]:
    """Run a counting server as a process until the block ends; prices are in micro-dollars per token."""
    options = [f"--latency-s={latency_s}", f"--input-price={input_price}", f"--output-price={output_price}"]
    if output_tokens_each is not None:
        options.append(f"--output-tokens-each={output_tokens_each}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "brickline_dev.counting_server", *options),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    guard = Guard(process.pid)
    try:
        stdout = cast("asyncio.StreamReader", process.stdout)
        url = (await stdout.readline()).decode().strip()
        if not url:
            raise ServiceError("the counting server ended before it listened: see its output")
        yield SpawnedServer(url)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        guard.dismiss()


async def _serve(arguments: argparse.Namespace) -> None:
    books = Books(arguments.input_price, arguments.output_price, arguments.output_tokens_each)
    async with CountingServer(books, latency_s=arguments.latency_s).listening(arguments.port) as server:
        print(f"http://{LOOPBACK}:{server.port}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted; the first line of output is the URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--latency-s", type=float, default=0.0, help="seconds each answer takes")
    parser.add_argument("--input-price", type=Decimal, default=Decimal(0), help="micro-dollars per token")
    parser.add_argument("--output-price", type=Decimal, default=Decimal(0), help="micro-dollars per token")
    parser.add_argument("--output-tokens-each", type=int, help="billed for every answer")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()

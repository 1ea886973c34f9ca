"""How long one document takes through an idle system: from its `POST` until its insights can be read."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure, percentile
from brickline.client import ApiClient, RequestRefused

_SAMPLES = Path(__file__).parents[1] / "samples"
_DOCUMENTS = 60
_WARM_UP = 6
_POLL_S = 0.005
_PAUSE_S = 0.05
_HOW = f"p50 of {_DOCUMENTS} documents one at a time, the samples in turn, read every {_POLL_S * 1000:g} ms"


async def latency() -> AsyncIterator[Figure]:
    """Measure both stacks, one after the other."""
    async with _standalone() as (url, key):
        yield await _figure("POST to insight, standalone", 50, url, url, key)
    async with _services() as (ingestion, reporting, key):
        yield await _figure("POST to insight, over RabbitMQ", 100, ingestion, reporting, key)


async def _figure(name: str, target: float, writes: str, reads: str, key: str) -> Figure:
    seconds = await _measure(writes, reads, key)
    p95 = percentile(seconds, 0.95) * 1000
    return Figure(
        name=name,
        measured=round(percentile(seconds, 0.5) * 1000, 1),
        target=target,
        unit="ms",
        how=f"{_HOW}; p95 {p95:.0f} ms",
    )


async def _measure(writes: str, reads: str, key: str) -> list[float]:
    texts = [path.read_text() for path in sorted(_SAMPLES.iterdir())]
    seconds = []
    async with ApiClient(writes, key) as writing, ApiClient(reads, key) as reading:
        for number in range(_WARM_UP + _DOCUMENTS):
            started = time.perf_counter()
            submitted = await writing.submit(f"Number {number}\n\n{texts[number % len(texts)]}")
            while True:
                try:
                    await reading.insights(submitted.document_id)
                    break
                except RequestRefused:
                    await asyncio.sleep(_POLL_S)
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(_PAUSE_S)  # let the last document's later steps end: the system is to be idle
    return seconds[_WARM_UP:]


@asynccontextmanager
async def _standalone() -> AsyncIterator[tuple[str, str]]:
    with _data() as data:
        command = [str(Path(sys.executable).with_name("brickline")), "up", "--port", "0", "--data", data]
        async with _process(*command) as output:
            url = await _line(output, "http://")
            yield url, await _line(output, "API key: ")


@asynccontextmanager
async def _services() -> AsyncIterator[tuple[str, str, str]]:
    with _data() as data:
        port = str(_free_port())
        command = [sys.executable, "-m", "brickline_dev.services", "--port", port, "--data", data]
        async with _process(*command) as output:
            urls = [(await _line(output, "http://")).split()[0] for _ in range(3)]
            key = await _line(output, "API key: ")
            draining = asyncio.create_task(output.read())  # or the services' logs would fill the pipe
            yield urls[0], urls[2], key
            draining.cancel()


@asynccontextmanager
async def _process(*command: str) -> AsyncIterator[asyncio.StreamReader]:
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    if process.stdout is None:
        raise RuntimeError("the process has no output")
    try:
        yield process.stdout
    finally:
        process.terminate()
        await process.communicate()


async def _line(output: asyncio.StreamReader, prefix: str) -> str:
    """Return the next line that begins with `prefix`, without a label that ends in a colon and a space."""
    while line := (await output.readline()).decode():
        if line.startswith(prefix):
            return line.strip().removeprefix("API key: ")
    raise RuntimeError(f"the process ended without a line that begins with {prefix!r}")


@contextmanager
def _data() -> Iterator[str]:
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        yield folder


def _free_port() -> int:
    """Return a port that is free, as are very likely the two after it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return min(port, 65000)

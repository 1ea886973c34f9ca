"""Whether a worker's memory stays flat over many events and reconnects."""

import asyncio
import subprocess
import time
from dataclasses import replace
from statistics import median

from benchmarks.errors import ContestantFailed
from benchmarks.figure import Figure
from benchmarks.messaging.apps.ours import connected, feed
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.contest import job_for
from benchmarks.messaging.contestants import CONSUMER_RELAYED
from benchmarks.messaging.job import Job
from benchmarks.messaging.process import started
from benchmarks.messaging.tables import check_each_once, progress
from benchmarks.process import Running
from benchmarks.progress import say
from brickline_dev.wire import Wire, wire_to

_RECONNECTS = 20
_TARGET = 1.10
_LAST = 3
_WARM_UP = 5000
"""At least as many events before the start: until then caches fill, whatever is promised."""
_GRACE_S = 60.0
_SLOWEST_PER_S = 40.0


async def memory(arena: Arena, events: int) -> Figure:
    """Feed a `Consumer` and relay lap by lap, and cut its connections in the middle of each but the first.

    Held against each other: its resident memory after the first lap, which warms up, and the median of the
    last three. With few events the cuts come so fast that the library's timers hold on to many lost
    connections at a time (each for half a minute or so): then the figure is too high.
    """
    lap = -(-events // (_RECONNECTS + 1))
    laps = [max(lap, _WARM_UP), *[lap] * _RECONNECTS]
    job = replace(job_for(CONSUMER_RELAYED, arena, sum(laps), "consume"), warm_up=0, tail=0)
    await arena.clear(job.queue, job.follow_queue)
    async with (
        wire_to(arena.rabbitmq_url) as (wire, url),
        started("brickline_worker", replace(job, rabbitmq_url=url), None) as running,
    ):
        resident = await _run_laps(arena, job, laps, wire, running)
        running.terminate()
        await running.answer()
    await check_each_once(arena.database_url, job.total, ours=True)
    await arena.purge(job.follow_queue)
    return _figure(resident, laps)


async def _run_laps(arena: Arena, job: Job, laps: list[int], wire: Wire, running: Running) -> list[int]:
    """Return the worker's resident memory in KiB after each lap."""
    resident = []
    fed = 0
    async with connected(job) as (_, bus):
        for number, lap in enumerate(laps):
            await feed(bus, lap // 2)
            cut = wire.sever() if number else 0
            await feed(bus, lap - lap // 2)
            fed += lap
            await _handled(arena, fed, lap, running)
            await arena.purge(job.follow_queue)  # nobody takes what follows, and it is not what is measured
            resident.append(_resident_kib(running.pid))
            say(f"memory: lap {number + 1} of {len(laps)}, {cut} cut, {resident[-1] / 1024:.1f} MiB")
    return resident


async def _handled(arena: Arena, expected: int, lap: int, running: Running) -> None:
    deadline = time.monotonic() + _GRACE_S + lap / _SLOWEST_PER_S
    while (found := await progress(arena.database_url)) != (expected, 0):
        if running.has_ended:
            await running.answer()  # raises with its last words
            raise ContestantFailed("the worker ended by itself")
        if time.monotonic() > deadline:
            raise ContestantFailed(f"of {expected} rows the worker wrote {found[0]}; {found[1]} wait")
        await asyncio.sleep(0.2)


def _resident_kib(pid: int) -> int:
    command = ["ps", "-o", "rss=", "-p", str(pid)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _figure(resident: list[int], laps: list[int]) -> Figure:
    start, end = resident[0], median(resident[-_LAST:])
    return Figure(
        name=f"memory of a worker over {sum(laps):,} events and {_RECONNECTS} reconnects",
        measured=round(end / start, 3),
        target=_TARGET,
        unit="x",
        how=f"resident {end / 1024:.1f} MiB after the last three of {len(laps)} laps, "
        f"{start / 1024:.1f} MiB after the first ({laps[0]:,} events)",
        spread=(round(min(resident) / start, 3), round(max(resident) / start, 3)),
    )

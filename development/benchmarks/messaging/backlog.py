"""Whether the relay gets slower on a large backlog: its rate at the end against its rate at the start."""

import asyncio
from contextlib import suppress

from benchmarks.figure import Figure
from benchmarks.messaging.apps.ours import connected, fill
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.contest import job_for
from benchmarks.messaging.contestants import RELAY
from benchmarks.messaging.errors import NotExactlyOnce
from benchmarks.messaging.process import started
from benchmarks.process import Answer
from benchmarks.progress import say

_TARGET = 0.9
_PURGE_S = 2.0


async def backlog(arena: Arena, rows: int) -> Figure:
    """Fill the outbox, drain it, compare the second tenth with the last: the first warms up."""
    job = job_for(RELAY, arena, rows)
    await arena.clear(job.queue, job.follow_queue)
    say(f"backlog: writing {job.total:,} rows")
    async with connected(job) as (runtime, _):
        await fill(runtime, job.total)
    say("backlog: draining")
    drained = asyncio.Event()
    purging = asyncio.create_task(_purge_until(drained, arena, job.queue))
    try:
        async with started(RELAY.publisher, job, None) as running:
            answer = await running.answer()
    finally:
        drained.set()
        sent = await purging
    if sent != job.total:
        raise NotExactlyOnce(f"of {job.total} rows of the outbox, {sent} messages reached the broker")
    return _figure(answer, job.total)


def _figure(answer: Answer, total: int) -> Figure:
    """Compare the times of hundredths; the very last is left out, for the window runs empty in it."""
    per_mark = total / len(answer.marks)
    start, end = (per_mark * 9 / (part[-1] - part[0]) for part in (answer.marks[9:19], answer.marks[-11:-1]))
    return Figure(
        name=f"outbox backlog of {total:,} rows: drain rate at the end against the start",
        measured=round(end / start, 2),
        target=_TARGET,
        unit="x",
        how=f"last tenth {end:,.0f}/s against second tenth {start:,.0f}/s, its queue emptied meanwhile",
        at_least=True,
    )


async def _purge_until(drained: asyncio.Event, arena: Arena, queue: str) -> int:
    """Empty the queue now and then, for its size is not what is measured; return how many it had held."""
    sent = 0
    while not drained.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(drained.wait(), _PURGE_S)
        sent += await arena.purge(queue)
    await asyncio.sleep(0.5)  # the broker counts a message as ready a moment after its confirm
    return sent + await arena.purge(queue)

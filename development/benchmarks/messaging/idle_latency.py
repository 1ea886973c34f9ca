"""What our guarantees add to one event's way through an idle system."""

from dataclasses import replace
from statistics import median

from benchmarks.figure import Figure, percentile
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.contest import job_for
from benchmarks.messaging.contestants import AIO_PIKA, RELAY, Contestant
from benchmarks.messaging.process import started
from benchmarks.progress import say

_TARGET_MS = 5.0
_SAMPLES = 100
_WARM_UP = 20


async def idle_latency(arena: Arena, rounds: int) -> Figure:
    """Measure ours and raw aio-pika in turn, a hundred events each, in every round."""
    added, ours_ms, raw_ms = [], [], []
    for number in range(1, rounds + 1):
        ours_ms += (ours := await _samples(arena, RELAY, "brickline_latency"))
        raw_ms += (raw := await _samples(arena, AIO_PIKA, "aio_pika_app"))
        added.append(median(ours) - median(raw))
        say(f"round {number} of {rounds}: idle, {median(ours):.2f} ms against {median(raw):.2f} ms")
    return Figure(
        name="added latency, idle: commit to handler",
        measured=round(median(added), 2),
        target=_TARGET_MS,
        unit="ms",
        how=f"p50 less that of raw aio-pika, publish to handler; ours p50 {median(ours_ms):.2f}, "
        f"p95 {percentile(ours_ms, 0.95):.2f} ms; raw p50 {median(raw_ms):.2f}, "
        f"p95 {percentile(raw_ms, 0.95):.2f} ms",
        spread=(round(min(added), 2), round(max(added), 2)),
    )


async def _samples(arena: Arena, contestant: Contestant, app: str) -> list[float]:
    """Return the contestant's latencies in milliseconds."""
    job = replace(job_for(contestant, arena, _SAMPLES, "latency"), warm_up=_WARM_UP, tail=0)
    await arena.clear(job.queue, job.follow_queue)
    async with started(app, job, contestant.peer) as running:
        answer = await running.answer()
    await arena.holds(job.queue, 0)
    return [seconds * 1000 for seconds in answer.marks]

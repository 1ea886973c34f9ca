"""One contestant's turn: everything it is given must come out exactly once, or its speed does not count."""

from dataclasses import dataclass, replace

from benchmarks.messaging.apps.ours import connected, fill
from benchmarks.messaging.arena import Arena
from benchmarks.messaging.contestants import Contestant
from benchmarks.messaging.job import Job, Role
from benchmarks.messaging.process import started
from benchmarks.messaging.tables import check_each_once
from benchmarks.process import Answer

CONCURRENCY = 32
PREFETCH = 2 * CONCURRENCY
POOL_SIZE = 20
"""With half of these FastStream lost a third and ours a tenth: all get what the peer is best with."""

_GATHERED = 200


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of it."""

    published: Answer
    consumed: Answer | None


def job_for(contestant: Contestant, arena: Arena, events: int, role: Role = "publish") -> Job:
    """Return the contestant's job: a tenth more to warm up, and a tail so that it never runs idle."""
    return Job(
        role=role,
        rabbitmq_url=arena.rabbitmq_url,
        database_url=arena.database_url if contestant.is_ours else arena.peers_database_url,
        queue=contestant.queue,
        follow_queue=contestant.follow_queue,
        effects=contestant.effects,
        relayed=contestant.relayed,
        warm_up=max(_GATHERED, events // 10 // _GATHERED * _GATHERED),
        events=events,
        tail=4 * PREFETCH,
        concurrency=CONCURRENCY,
        prefetch=PREFETCH,
        pool_size=POOL_SIZE,
    )


async def take_turn(contestant: Contestant, arena: Arena, events: int) -> Turn:
    """Have it publish, then consume. Raises `ContestantFailed` or `NotExactlyOnce`."""
    job = job_for(contestant, arena, events)
    await arena.clear(job.queue, job.follow_queue)
    if contestant.is_ours:
        async with connected(job) as (runtime, _):
            await fill(runtime, job.total)
    published = await _run(contestant.publisher, job, contestant.peer)
    await arena.holds(job.queue, job.total)
    if contestant.consumer is None:
        await arena.clear(job.queue)
        return Turn(published, None)
    consumed = await _run(contestant.consumer, replace(job, role="consume"), contestant.peer)
    await arena.holds(job.queue, 0)
    if contestant.effects:
        await check_each_once(arena.database_url, job.total, ours=contestant.is_ours)
        await arena.holds(job.follow_queue, job.total)
    return Turn(published, consumed)


async def _run(app: str, job: Job, peer: str | None) -> Answer:
    async with started(app, job, peer) as running:
        return await running.answer()

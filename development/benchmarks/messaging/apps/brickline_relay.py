"""Our relay: rows that wait in the outbox, until the broker has confirmed them and they are deleted."""

import asyncio

from benchmarks.messaging.apps.ours import connected
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer
from brickline.telemetry import Health

_SETTINGS = {
    "queue": "durable quorum, delivery limit, at-least-once dead-lettering",
    "messages": "persistent, mandatory, publisher confirms",
    "publish": "claimed from the outbox by lease, deleted after the confirm; the relay's own window",
}


async def main(job: Job) -> None:
    """Send all that waits."""
    done = asyncio.Event()
    meter = Meter(job, done.set)
    async with connected(job) as (runtime, bus):
        bus.on_confirm = meter.passed
        async with runtime.running([], Health("benchmark")):
            await done.wait()
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        marks=meter.marks,
        settings={**_SETTINGS, "pool": job.pool_size},
        packages=["aio-pika", "asyncpg"],
    )


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

"""Ours when idle: one event at a time, from the commit that publishes it until its handler begins."""

import asyncio
import time

from benchmarks.messaging.apps.ours import GROUP, ORIGIN, TEXT, Measured, connected
from benchmarks.messaging.job import Job
from benchmarks.program import answer
from brickline.events import Consumer, EventContext
from brickline.telemetry import Health

_PAUSE_S = 0.03


class TimedConsumer(Consumer[Measured]):
    """Notes when each handler begins."""

    group_id = GROUP

    def __init__(self) -> None:
        self.began: asyncio.Queue[float] = asyncio.Queue()

    async def process_message(self, event: Measured, context: EventContext) -> None:
        """Note the time."""
        self.began.put_nowait(time.perf_counter())


async def main(job: Job) -> None:
    """Publish, wait for the handler, pause until the system is idle, and again."""
    consumer = TimedConsumer()
    samples = []
    async with connected(job) as (runtime, _), runtime.running([consumer], Health("benchmark")):
        for number in range(job.total):
            async with runtime.transaction(ORIGIN) as tx:
                await tx.publish(Measured(number=number, text=TEXT))
            committed = time.perf_counter()
            samples.append(await consumer.began.get() - committed)
            await asyncio.sleep(_PAUSE_S)
    answer(
        marks=samples[job.warm_up :],
        settings={"from": "the end of the publishing transaction", "to": "the first line of the handler"},
        packages=["aio-pika", "asyncpg"],
    )


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

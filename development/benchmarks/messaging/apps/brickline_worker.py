"""Our `Consumer` and relay as a worker that runs until SIGTERM, however often its connections break."""

import asyncio
import signal

from benchmarks.messaging.apps.brickline_consumer import MeasuredConsumer
from benchmarks.messaging.apps.ours import connected
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer
from brickline.telemetry import Health


async def main(job: Job) -> None:
    """Work until told to end."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    MeasuredConsumer.concurrency = job.concurrency
    consumer = MeasuredConsumer(Meter(job, lambda: None))
    async with connected(job) as (runtime, _), runtime.running([consumer], Health("benchmark")):
        await stop.wait()
    answer(settings={"concurrency": job.concurrency}, packages=["aio-pika", "asyncpg"])


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

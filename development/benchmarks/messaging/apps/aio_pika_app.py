"""Raw aio-pika: what the library does when nothing is promised on top of it."""

import asyncio
import time

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from benchmarks.messaging.effects import new_body
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer

_GATHERED = 200
_PAUSE_S = 0.03
_SETTINGS = {
    "queue": "durable quorum",
    "messages": "persistent, mandatory",
    "publish": f"one channel, confirms gathered by {_GATHERED}",
    "consume": "each message acked on its own, empty handler",
}


async def main(job: Job) -> None:
    """Do the job."""
    connection = await aio_pika.connect(job.rabbitmq_url)
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        await channel.set_qos(prefetch_count=job.prefetch)
        queue = await channel.declare_queue(job.queue, durable=True, arguments={"x-queue-type": "quorum"})
        done = asyncio.Event()
        meter = Meter(job, done.set)
        samples: list[float] = []
        if job.role == "publish":
            await _publish_all(channel, job, meter)
        elif job.role == "consume":
            await _consume_all(queue, meter, done)
        else:
            samples = await _latencies(channel, queue, job)
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        marks=samples,
        settings={**_SETTINGS, "prefetch": job.prefetch},
        packages=["aio-pika"],
    )


async def _publish_all(channel: AbstractChannel, job: Job, meter: Meter) -> None:
    async def publish() -> None:
        await _publish(channel, job.queue)
        meter.passed()

    for start in range(0, job.total, _GATHERED):
        await asyncio.gather(*(publish() for _ in range(min(_GATHERED, job.total - start))))


async def _publish(channel: AbstractChannel, queue: str) -> None:
    message = aio_pika.Message(new_body(), delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, queue)


async def _consume_all(queue: AbstractQueue, meter: Meter, done: asyncio.Event) -> None:
    async def handle(message: AbstractIncomingMessage) -> None:
        meter.passed()
        await message.ack()

    await queue.consume(handle)
    await done.wait()


async def _latencies(channel: AbstractChannel, queue: AbstractQueue, job: Job) -> list[float]:
    """Publish one at a time on an idle broker; time from the call until the handler begins."""
    handled: asyncio.Queue[float] = asyncio.Queue()

    async def handle(message: AbstractIncomingMessage) -> None:
        handled.put_nowait(time.perf_counter())
        await message.ack()

    await queue.consume(handle)
    samples = []
    for _ in range(job.total):
        started = time.perf_counter()
        await _publish(channel, job.queue)
        samples.append(await handled.get() - started)
        await asyncio.sleep(_PAUSE_S)
    return samples[job.warm_up :]


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

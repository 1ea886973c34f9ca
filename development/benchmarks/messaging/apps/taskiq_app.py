"""taskiq with aio-pika: its quorum queues, persistent messages, confirms, acknowledged after execution."""

# Installed apart from the project's environment, so the type checker knows nothing of the library.
# mypy: disable-error-code="import-not-found, untyped-decorator"

import asyncio
from uuid import UUID

import aio_pika
import asyncpg
from taskiq.acks import AcknowledgeType
from taskiq.receiver import Receiver
from taskiq_aio_pika import AioPikaBroker, Queue

from benchmarks.messaging.effects import DEDUP_NUMBERED, TASK_TEXT, WRITE_NUMBERED, new_id
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer

_GATHERED = 200
_SETTINGS = {
    "queue": "durable quorum (its default)",
    "messages": "persistent, publisher confirms",
    "ack": "when executed",
    "publish": f"confirms gathered by {_GATHERED}",
    "effects": "one transaction (dedup row, row), then the confirmed follow-on, then the ack",
    "results": "none kept",
}


async def main(job: Job) -> None:
    """Do the job."""
    done = asyncio.Event()
    meter = Meter(job, done.set)
    broker = AioPikaBroker(job.rabbitmq_url, qos=job.prefetch, task_queues=[Queue(name=job.queue)])
    pool = await asyncpg.create_pool(job.database_url, min_size=job.pool_size, max_size=job.pool_size)
    connection = await aio_pika.connect_robust(job.rabbitmq_url)
    channel = await connection.channel()
    arguments = {"x-queue-type": "quorum"}
    await channel.declare_queue(job.follow_queue, durable=True, arguments=arguments)

    @broker.task(task_name="measured")
    async def measured(event_id: str, text: str) -> None:
        meter.passed()
        if job.effects:
            async with pool.acquire() as database, database.transaction():
                if await database.fetchval(DEDUP_NUMBERED, UUID(event_id)):
                    await database.execute(WRITE_NUMBERED, UUID(event_id), text)
            # A task of its own would go to this worker's queue: the follow-on is for somebody else.
            body = f'{{"event_id": "{new_id()}", "caused_by": "{event_id}"}}'.encode()
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, job.follow_queue)

    async def publish() -> None:
        await measured.kiq(event_id=new_id(), text=TASK_TEXT)
        meter.passed()

    broker.is_worker_process = job.role == "consume"
    await broker.startup()
    if job.role == "publish":
        for start in range(0, job.total, _GATHERED):
            await asyncio.gather(*(publish() for _ in range(min(_GATHERED, job.total - start))))
    else:
        receiver = Receiver(
            broker, max_async_tasks=job.prefetch, ack_type=AcknowledgeType.WHEN_EXECUTED, run_startup=False
        )
        finish = asyncio.Event()
        listening = asyncio.create_task(receiver.listen(finish))
        await done.wait()
        finish.set()
        await listening
    await broker.shutdown()
    await connection.close()
    await pool.close()
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        settings={**_SETTINGS, "prefetch": job.prefetch, "async tasks": job.prefetch, "pool": job.pool_size},
        packages=["taskiq", "taskiq-aio-pika", "aio-pika", "asyncpg"],
    )


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

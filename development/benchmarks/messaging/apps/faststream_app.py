"""FastStream: a durable quorum queue, persistent messages, confirms, acknowledged after the handler."""

# Installed apart from the project's environment, so the type checker knows nothing of the library.
# mypy: disable-error-code="import-not-found, untyped-decorator"

import asyncio
import json
from uuid import UUID

import asyncpg
from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from benchmarks.messaging.effects import DEDUP_NUMBERED, WRITE_NUMBERED, new_body, new_id
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer

_GATHERED = 200
_SETTINGS = {
    "queue": "durable quorum",
    "messages": "persistent, mandatory, publisher confirms",
    "ack": "after the handler (NACK_ON_ERROR)",
    "publish": f"confirms gathered by {_GATHERED}",
    "effects": "one transaction (dedup row, row), then the confirmed follow-on, then the ack",
    "log": "off",
}


async def main(job: Job) -> None:
    """Do the job."""
    done = asyncio.Event()
    meter = Meter(job, done.set)
    channel = Channel(prefetch_count=job.prefetch, publisher_confirms=True, on_return_raises=True)
    broker = RabbitBroker(job.rabbitmq_url, default_channel=channel, logger=None)
    if job.role == "publish":
        await _publish_all(broker, job, meter)
    else:
        await _consume_all(broker, job, meter, done)
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        settings={**_SETTINGS, "prefetch": job.prefetch, "pool": job.pool_size},
        packages=["faststream", "aio-pika", "asyncpg"],
    )


def _quorum(name: str) -> RabbitQueue:
    return RabbitQueue(name, queue_type=QueueType.QUORUM, durable=True)


async def _publish_all(broker: RabbitBroker, job: Job, meter: Meter) -> None:
    async def publish() -> None:
        await broker.publish(new_body(), queue, persist=True, content_type="application/json")
        meter.passed()

    queue = _quorum(job.queue)
    async with broker:
        await broker.declare_queue(queue)
        for start in range(0, job.total, _GATHERED):
            await asyncio.gather(*(publish() for _ in range(min(_GATHERED, job.total - start))))


async def _consume_all(broker: RabbitBroker, job: Job, meter: Meter, done: asyncio.Event) -> None:
    pool = await asyncpg.create_pool(job.database_url, min_size=job.pool_size, max_size=job.pool_size)
    follow = _quorum(job.follow_queue)

    async def empty(event: dict[str, str]) -> None:
        meter.passed()

    async def with_effects(event: dict[str, str]) -> None:
        meter.passed()
        event_id = UUID(event["event_id"])
        async with pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(DEDUP_NUMBERED, event_id):
                await connection.execute(WRITE_NUMBERED, event_id, event["text"])
        body = json.dumps({"event_id": new_id(), "caused_by": event["event_id"]})
        await broker.publish(body, follow, persist=True, content_type="application/json")

    handler = with_effects if job.effects else empty
    broker.subscriber(_quorum(job.queue), ack_policy=AckPolicy.NACK_ON_ERROR)(handler)
    async with broker:
        await broker.declare_queue(follow)
        await broker.start()
        await done.wait()
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

"""Our `BatchConsumer`: inbox rows, a row and a follow-on event for each, in one transaction per batch."""

import asyncio
from collections.abc import Sequence

from benchmarks.messaging.apps.ours import GROUP, SETTINGS, FollowedUp, Measured, connected
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer
from brickline.events import BatchConsumer, BatchContext
from brickline.schemas import BaseEvent
from brickline.telemetry import Health

_SETTINGS = {
    **SETTINGS,
    "effects": "one transaction per batch (inbox rows, rows, the follow-ons' outbox rows), then the acks",
    "counted when": "it is settled",
}
_WRITE = "insert into effects (event_id, text) select * from unnest($1::uuid [], $2::text [])"


class MeasuredBatches(BatchConsumer[Measured]):
    """Does for a batch what the peers' handlers do for one event."""

    group_id = GROUP
    publishes = (FollowedUp,)

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    async def process_batch(self, events: Sequence[BaseEvent[Measured]], context: BatchContext) -> None:
        """Count, write a row for each and publish a follow-on for each."""
        self._meter.passed(len(events))
        async with context.transaction() as tx:
            await tx.connection.execute(
                _WRITE, [event.event_id for event in events], [event.payload.text for event in events]
            )
            for event in events:
                await tx.publish(FollowedUp(number=event.payload.number), cause=event)


async def main(job: Job) -> None:
    """Consume all; then let out what was held, and wait until the broker has it."""
    done = asyncio.Event()
    meter = Meter(job, done.set)
    consumer = MeasuredBatches(meter)
    async with connected(job) as (runtime, bus):
        bus.hold()
        async with runtime.running([consumer], Health("benchmark")):
            await done.wait()
            bus.let_go()
            await bus.all_confirmed(job.total)
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        settings={
            **_SETTINGS,
            "batch size": consumer.batch_size,
            "batches at once": consumer.concurrency,
            "prefetch": consumer.held_at_once,
            "pool": job.pool_size,
        },
        packages=["aio-pika", "asyncpg"],
    )


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

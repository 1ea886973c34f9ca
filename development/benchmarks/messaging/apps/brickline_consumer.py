"""Our `Consumer`: inbox row, one row written and a follow-on event, in one transaction per event."""

import asyncio

from benchmarks.messaging.apps.ours import GROUP, SETTINGS, FollowedUp, Measured, connected
from benchmarks.messaging.effects import WRITE_NUMBERED
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer
from brickline.events import Consumer, EventContext
from brickline.telemetry import Health

_SETTINGS = {
    **SETTINGS,
    "effects": "one transaction (inbox row, row, the follow-on's outbox row), then the ack",
}


class MeasuredConsumer(Consumer[Measured]):
    """Does what the peers' handlers do."""

    group_id = GROUP
    publishes = (FollowedUp,)

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    async def process_message(self, event: Measured, context: EventContext) -> None:
        """Write a row and publish a follow-on."""
        self._meter.entered()
        async with context.transaction() as tx:
            await tx.connection.execute(WRITE_NUMBERED, context.event.event_id, event.text)
            await tx.publish(FollowedUp(number=event.number))


class SettledConsumer(MeasuredConsumer):
    """Counts an event when its handling begins, like the peers."""

    group_id = GROUP

    async def process_message(self, event: Measured, context: EventContext) -> None:
        """Count, then do the same."""
        self._meter.left()
        await super().process_message(event, context)


async def main(job: Job) -> None:
    """Consume all; then let out what was held, and wait until the broker has it."""
    done = asyncio.Event()
    meter = Meter(job, done.set)
    MeasuredConsumer.concurrency = job.concurrency
    consumer = MeasuredConsumer(meter) if job.relayed else SettledConsumer(meter)
    async with connected(job) as (runtime, bus):
        if job.relayed:
            bus.on_confirm = meter.left
        else:
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
            "counted when": "the follow-on is confirmed" if job.relayed else "it is settled",
            "concurrency": job.concurrency,
            "prefetch": consumer.held_at_once,
            "pool": job.pool_size,
        },
        packages=["aio-pika", "asyncpg"],
    )


if __name__ == "__main__":
    asyncio.run(main(Job.from_arguments()))

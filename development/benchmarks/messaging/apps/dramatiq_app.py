"""Dramatiq: durable queues, persistent messages, confirms; it acknowledges after the actor by itself."""

# Installed apart from the project's environment, so the type checker knows nothing of the library.
# mypy: disable-error-code="import-not-found, untyped-decorator, misc"

import json
import threading
from typing import Any
from uuid import UUID

import dramatiq
import pika
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from psycopg_pool import ConnectionPool

from benchmarks.messaging.effects import DEDUP_FORMAT, TASK_TEXT, WRITE_FORMAT, new_id
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer

_SETTINGS = {
    "queue": "durable quorum (x-queue-type added to its own arguments, for it has no option)",
    "messages": "persistent, confirm_delivery",
    "ack": "after the actor",
    "publish": "one after the other (its client is synchronous)",
    "effects": "one transaction (dedup row, row), then the confirmed follow-on, then the ack",
}


class _QuorumBroker(RabbitmqBroker):
    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": "quorum"}


def main(job: Job) -> None:
    """Do the job."""
    done = threading.Event()
    meter = Meter(job, done.set)
    broker = _QuorumBroker(url=job.rabbitmq_url, confirm_delivery=True)
    dramatiq.set_broker(broker)
    pool = ConnectionPool(job.database_url, min_size=job.pool_size, max_size=job.pool_size, open=True)
    persistent = pika.BasicProperties(delivery_mode=2)

    @dramatiq.actor(queue_name=job.queue, actor_name="measured")
    def measured(event_id: str, text: str) -> None:
        meter.passed()
        if job.effects:
            with pool.connection() as connection:
                if connection.execute(DEDUP_FORMAT, (UUID(event_id),)).fetchone():
                    connection.execute(WRITE_FORMAT, (UUID(event_id), text))
            body = json.dumps({"event_id": new_id(), "caused_by": event_id})
            broker.channel.basic_publish("", job.follow_queue, body.encode(), persistent, mandatory=True)

    broker.channel.queue_declare(job.follow_queue, durable=True, arguments={"x-queue-type": "quorum"})
    if job.role == "publish":
        for _ in range(job.total):
            measured.send(event_id=new_id(), text=TASK_TEXT)
            meter.passed()
    else:
        worker = dramatiq.Worker(broker, worker_threads=job.concurrency)
        worker.start()
        done.wait()
        worker.stop()
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        settings={
            **_SETTINGS,
            "threads": job.concurrency,
            "prefetch": job.concurrency * 2,
            "pool": job.pool_size,
        },
        packages=["dramatiq", "pika", "psycopg"],
    )
    pool.close()
    broker.close()


if __name__ == "__main__":
    main(Job.from_arguments())

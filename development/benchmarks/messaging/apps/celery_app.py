"""Celery: its quorum queues, persistent messages, confirms, late acknowledgement, no results kept."""

# Installed apart from the project's environment, so the type checker knows nothing of the library.
# mypy: disable-error-code="import-not-found, untyped-decorator"

import json
import os
import signal
import threading
import time
from typing import Any
from uuid import UUID

from celery import Celery
from celery.signals import worker_ready
from celery.worker import state
from kombu import Exchange, Queue
from psycopg_pool import ConnectionPool

from benchmarks.messaging.effects import DEDUP_FORMAT, TASK_TEXT, WRITE_FORMAT, new_id
from benchmarks.messaging.job import Job
from benchmarks.messaging.meter import Meter
from benchmarks.program import answer

_SETTINGS = {
    "queue": "durable quorum (task_default_queue_type)",
    "messages": "persistent, confirm_publish",
    "ack": "task_acks_late, task_reject_on_worker_lost",
    "publish": "one after the other (its client is synchronous)",
    "worker": "threads pool: one process, as every contestant",
    "effects": "one transaction (dedup row, row), then the confirmed follow-on, then the ack",
    "results": "none kept",
}


def main(job: Job) -> None:
    """Do the job."""
    app = Celery(broker=job.rabbitmq_url)
    app.conf.update(
        task_default_queue=job.queue,
        task_default_queue_type="quorum",
        task_default_exchange_type="topic",
        broker_transport_options={"confirm_publish": True},
        broker_connection_retry_on_startup=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_redirect_stdouts=False,
        worker_concurrency=job.concurrency,
        worker_prefetch_multiplier=max(1, job.prefetch // job.concurrency),
    )
    consumers: list[Any] = []
    worker_ready.connect(lambda sender, **_: consumers.append(sender), weak=False)
    stopping = threading.Thread(target=_stop_when_acknowledged, args=[consumers], daemon=True)
    meter = Meter(job, stopping.start if job.role == "consume" else lambda: None)
    pool = ConnectionPool(job.database_url, min_size=job.pool_size, max_size=job.pool_size, open=True)
    arguments = {"x-queue-type": "quorum"}
    follow = Queue(job.follow_queue, Exchange(""), job.follow_queue, durable=True, queue_arguments=arguments)

    @app.task(name="measured")
    def measured(event_id: str, text: str) -> None:
        meter.passed()
        if job.effects:
            with pool.connection() as connection:
                if connection.execute(DEDUP_FORMAT, (UUID(event_id),)).fetchone():
                    connection.execute(WRITE_FORMAT, (UUID(event_id), text))
            with app.producer_pool.acquire(block=True) as producer:
                body = json.dumps({"event_id": new_id(), "caused_by": event_id})
                producer.publish(body, exchange="", routing_key=job.follow_queue, delivery_mode=2)

    with app.connection_for_write() as connection:
        follow(connection.default_channel).queue_declare()
    if job.role == "publish":
        for _ in range(job.total):
            measured.delay(event_id=new_id(), text=TASK_TEXT)
            meter.passed()
    else:
        options = ["--pool=threads", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
        try:
            app.worker_main(["worker", *options, "--without-heartbeat"])
        except SystemExit as end:
            if end.code:
                raise
    answer(
        counted=meter.counted,
        seconds=meter.seconds,
        settings={
            **_SETTINGS,
            "threads": job.concurrency,
            "prefetch": max(1, job.prefetch // job.concurrency) * job.concurrency,
            "pool": job.pool_size,
        },
        packages=["celery", "kombu", "amqp", "psycopg"],
    )
    pool.close()


def _stop_when_acknowledged(consumers: list[Any]) -> None:
    """Shut the worker down once its loop has sent every acknowledgement; earlier, a few would be lost."""
    while not consumers or state.reserved_requests or consumers[0]._pending_operations:
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(Job.from_arguments())

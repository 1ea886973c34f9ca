"""What Prometheus reads of this process: what was counted, and what is looked up when it asks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    REGISTRY,
    CollectorRegistry,
    Counter,
    disable_created_metrics,
    generate_latest,
)

from brickline.telemetry.readings import Reading, ReadingsCollector
from brickline.telemetry.sampler import Sample, Sampler

# Else every counter and histogram has a second series that says since when: Prometheus sees resets without.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library gives it no type


class Metrics:
    """All metrics of a process.

    What bricks count, with prometheus_client's `Counter` and `Histogram`, stands in `registry`. What costs a
    query is `sampled`: looked up when somebody scrapes, and shared by all scrapes within `fresh_s` seconds.
    Where that fails or takes longer than `timeout_s` seconds, the scrape goes on without those gauges, and
    `brickline_scrape_errors_total` tells.
    """

    content_type: ClassVar[str] = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(
        self, registry: CollectorRegistry = REGISTRY, *, timeout_s: float = 2.0, fresh_s: float = 1.0
    ) -> None:
        self._registry = registry
        self._timeout_s = timeout_s
        self._fresh_s = fresh_s
        self._samplers: list[Sampler] = []
        self._errors = Counter(
            "brickline_scrape_errors",
            "Samples that failed or took too long, so that their gauges were absent from a scrape.",
            ["service"],
            registry=registry,
        )

    @contextmanager
    def sampled(self, service: str, sample: Sample) -> Iterator[None]:
        """Let every scrape read `sample` until the block ends.

        Several services of one process each have their own; every reading should carry `service` as a label.
        """
        sampler = Sampler(service, sample, fresh_s=self._fresh_s)
        self._errors.labels(service)  # a series at 0 shows an alert that there is something to watch
        self._samplers.append(sampler)
        try:
            yield
        finally:
            self._samplers.remove(sampler)
            sampler.stop()

    async def scrape(self) -> bytes:
        """Return everything in Prometheus' text format, of the kind `content_type`. Never fails."""
        tasks = [(sampler, sampler.start()) for sampler in self._samplers]
        if tasks:
            # Not wait_for: a sample that comes too late is for the next scrape, and not started twice.
            await asyncio.wait([task for _, task in tasks], timeout=self._timeout_s)
        readings: list[Reading] = []
        for sampler, task in tasks:
            if task.cancelled():
                continue  # the service has ended meanwhile
            taken = task.result() if task.done() else None
            if taken is None:
                self._errors.labels(sampler.service).inc()
            else:
                readings += taken
        return generate_latest(self._registry) + generate_latest(ReadingsCollector(readings))


METRICS = Metrics()
"""Those of this process, among them what Python and the process itself use."""

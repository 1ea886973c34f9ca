"""The founding incident, played through with the real services on a real database."""

import time
from collections.abc import Mapping
from typing import Any

from brickline.analysis import AnalysisConsumer
from brickline.drill.acts import Acts
from brickline.drill.books import Books
from brickline.drill.counting_provider import CountingProvider
from brickline.drill.next_release import NextAnalysis, NextProgress
from brickline.drill.progress import OnProgress, Progress
from brickline.drill.records import Broken, Incident, Mended
from brickline.drill.services import ANALYSIS, INGESTION, REPORTING, open_databases, running
from brickline.drill.verdict import judge
from brickline.events import Consumer, DeadLetterDesk
from brickline.jobs import DocumentAnalysed, DocumentFailed, DocumentReported, DocumentWaiting
from brickline.llm_providers import ExtractiveProvider
from brickline.memory_bus import MemoryBus
from brickline.persistence import Database
from brickline.reporting import FailureRecorder, InsightsRecorder


async def rehearse(dsn: str, events: int, on_progress: OnProgress) -> Incident:
    """Let the incident happen to `events` documents in an empty database, mend it, and measure.

    What gets stuck is waited for for a minute; then the figures tell. Raises what the services raise.
    """
    progress = Progress(on_progress)
    async with open_databases(dsn) as databases:
        provider = ExtractiveProvider()
        await provider.warm_up()
        acts = Acts(events, Books(databases), CountingProvider(provider), progress)
        started = time.perf_counter()
        broken, mended = await _play(acts, databases)
    seconds = {**progress.seconds, "total": round(time.perf_counter() - started, 3)}
    checks = judge(events, broken, mended)
    passed = all(check.ok for check in checks)
    return Incident(
        events=events, broken=broken, mended=mended, seconds=seconds, checks=checks, passed=passed
    )


async def _play(acts: Acts, databases: Mapping[str, Database]) -> tuple[Broken, Mended]:
    """Run gateway and reports of the next release, and the worker first of the one before, then of it."""
    # Paused until all have subscribed, as in the standalone.
    bus = MemoryBus(paused=True)
    reading: list[Consumer[Any]] = [NextProgress(), InsightsRecorder(), FailureRecorder()]
    tracking: list[Consumer[Any]] = [
        DocumentWaiting(),
        DocumentAnalysed(),
        DocumentReported(),
        DocumentFailed(),
    ]
    async with (
        running(databases[REPORTING], bus, reading),
        running(databases[INGESTION], bus, tracking) as gateway,
    ):
        async with running(databases[ANALYSIS], bus, acts.worker(AnalysisConsumer)) as worker:
            bus.resume()
            broken = await acts.break_it(gateway, worker)
            deploying = acts.deploy()
        async with running(databases[ANALYSIS], bus, acts.worker(NextAnalysis)) as worker:
            return broken, await acts.mend_it(worker, DeadLetterDesk(databases), broken, deploying)

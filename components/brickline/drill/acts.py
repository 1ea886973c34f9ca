"""What happens in the incident, act by act."""

import asyncio
import time
from dataclasses import asdict
from typing import Any

from brickline.analysis import AnalysisConsumer
from brickline.drill.books import Books
from brickline.drill.counting_provider import CountingProvider
from brickline.drill.gateway import upload
from brickline.drill.next_release import NextAnalysis
from brickline.drill.progress import Progress
from brickline.drill.records import Broken, Mended
from brickline.drill.services import Process
from brickline.events import CanaryOutcome, Consumer, DeadLetterDesk, LetterFilter, ReplayOrder, ReplayReport
from brickline.llm_routing import DEFAULT_CATALOGUE, LLMClient, ModelPool

_AN_UPLOAD = 100
_RATE = 50.0
# Longer than a relay waits before it looks again: what would still trickle through, does.
_HOLD_S = 2.0

ACCEPTING, RESTING, DEPLOYING, REPLAYING, FINISHING = (
    "accept documents",
    "come to rest",
    "deploy the fix",
    "replay dead letters",
    "finish",
)


class Acts:
    """One drill under way: what is done to the services, and looked at."""

    def __init__(self, events: int, books: Books, provider: CountingProvider, progress: Progress) -> None:
        self._progress = progress
        self._events = events
        self._books = books
        self._provider = provider

    def worker(self, release: type[AnalysisConsumer] | type[NextAnalysis]) -> list[Consumer[Any]]:
        """Make the consumers of the worker's process, in one of its releases."""
        (model,) = DEFAULT_CATALOGUE.models
        return [release(LLMClient(ModelPool.fixed({model: self._provider})))]

    async def break_it(self, gateway: Process, worker: Process) -> Broken:
        """Accept everything while the worker reads another field; wait for the rest, and look."""
        await self._accept(gateway)
        await self._progress.see_through(RESTING, self._events, self._at_rest)
        await asyncio.sleep(_HOLD_S)
        found, pause = await self._books.whereabouts(), await self._books.pause()
        accepted, first_at = await self._books.accepted(), await self._books.first_accepted_at()
        readiness = await worker.health.readiness()
        return Broken(
            accepted=accepted,
            paused=pause is not None,
            paused_after_s=pause and round((pause.paused_at - first_at).total_seconds(), 3),
            readiness=readiness.checks[f"group.{AnalysisConsumer.group_id}"],
            ready=readiness.ready,
            dead_letters=found.buried,
            waiting=found.waiting,
            lost=accepted - found.waiting - found.buried,
            llm_calls=self._provider.calls,
        )

    def deploy(self) -> float:
        """Begin to replace the worker; return when that was, on the performance counter."""
        self._progress.reach(DEPLOYING, 0, 1)
        return time.perf_counter()

    async def mend_it(
        self, worker: Process, desk: DeadLetterDesk, broken: Broken, deploying: float
    ) -> Mended:
        """With the new worker up: see the pause gone, replay, and wait for the last document."""
        pause_ended = broken.paused and await self._books.pause() is None
        self._progress.passed(DEPLOYING, deploying)
        self._progress.reach(DEPLOYING, 1, 1)
        replayed = await self._replay(desk, broken.dead_letters)
        await self._progress.see_through(FINISHING, self._events, self._finished)
        ends, readiness = await self._books.ends(), await worker.health.readiness()
        return Mended(
            pause_ended=pause_ended,
            ready=readiness.ready,
            canaries_settled=[each.outcome for each in replayed.canaries].count(CanaryOutcome.SETTLED),
            replayed=replayed.replayed,
            replay_rate=_RATE,
            llm_calls=self._provider.calls,
            llm_calls_repeated=self._provider.repeated,
            **asdict(ends),
        )

    async def _accept(self, gateway: Process) -> None:
        began = time.perf_counter()
        for first in range(0, self._events, _AN_UPLOAD):
            self._progress.reach(ACCEPTING, first, self._events)
            await upload(gateway.runtime, range(first, min(first + _AN_UPLOAD, self._events)))
        self._progress.reach(ACCEPTING, self._events, self._events)
        self._progress.passed(ACCEPTING, began)

    async def _at_rest(self) -> int:
        """Count what is where it stays: all of it, once the group has paused or nothing is left to bury."""
        found = await self._books.whereabouts()
        resting = found.waiting + found.buried - found.in_hand
        ended = found.buried >= self._events or await self._books.pause() is not None
        return resting if ended else min(resting, self._events - 1)

    async def _finished(self) -> int:
        """Count the documents at their end; of the last ones what they announced has to be sent too."""
        reported = await self._books.reported()
        return reported if reported < self._events else reported - await self._books.waiting()

    async def _replay(self, desk: DeadLetterDesk, letters: int) -> ReplayReport:
        began, done = time.perf_counter(), 0

        def on_replayed(count: int) -> None:
            nonlocal done
            done += count
            self._progress.reach(REPLAYING, done, letters)

        self._progress.reach(REPLAYING, 0, letters)
        report = await desk.replay(
            LetterFilter(group=AnalysisConsumer.group_id),
            ReplayOrder(by="drill", rate=_RATE),
            on_replayed=on_replayed,
        )
        self._progress.passed(REPLAYING, began)
        return report

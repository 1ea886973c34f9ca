"""Counts events through a contestant and times the ones that count. Standard library only."""

import threading
import time
from collections.abc import Callable

from benchmarks.messaging.job import Job


class Meter:
    """Times a job from the first event after its warm-up until its last that counts.

    An event `entered` when its handling began and `left` when what is measured of it was done. Where that is
    the handling itself, both are one moment (`passed`): from begin to begin, so that every event measured
    includes all the work of one. `on_done` is called once, when all of the job's events have left.
    """

    def __init__(self, job: Job, on_done: Callable[[], None]) -> None:
        self.marks: list[float] = []
        self._job = job
        self._on_done = on_done
        self._entered = self._left = 0
        self._first: tuple[int, float] | None = None
        self._last: tuple[int, float] | None = None
        self._lock = threading.Lock()  # some contestants handle in threads

    def passed(self, count: int = 1) -> None:
        """Tell that events entered and left."""
        self.entered(count)
        self.left(count)

    def entered(self, count: int = 1) -> None:
        """Tell that the handling of events began."""
        with self._lock:
            self._entered += count
            if self._first is None and self._entered > self._job.warm_up:
                self._first = self._entered, time.perf_counter()

    def left(self, count: int = 1) -> None:
        """Tell that events were done."""
        with self._lock:
            before, self._left = self._left, self._left + count
            step = max(1, self._job.total // 100)
            if before // step != self._left // step:
                self.marks.append(time.perf_counter())
            if self._last is None and self._left > self._job.warm_up + self._job.events:
                self._last = self._left, time.perf_counter()
            done = before < self._job.total <= self._left
        if done:
            self._on_done()

    @property
    def counted(self) -> int:
        """How many events lie between the two moments."""
        return 0 if self._first is None or self._last is None else self._last[0] - self._first[0]

    @property
    def seconds(self) -> float:
        """How long those took."""
        return 0.0 if self._first is None or self._last is None else self._last[1] - self._first[1]

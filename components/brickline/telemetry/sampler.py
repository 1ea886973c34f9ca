"""Looks something up for scrapes: one at a time, not too often, and a failure costs only these readings."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from brickline.telemetry.logger import get_logger
from brickline.telemetry.readings import Reading

Sample: TypeAlias = Callable[[], Awaitable[Sequence[Reading]]]
"""Looks up some gauges. Raises whatever it will when it cannot: they are then absent."""

_log = get_logger(__name__)


class Sampler:
    """One sample of one service.

    Scrapes that come together, and those within `fresh_s` seconds, share what it returned: whoever may scrape
    cannot make a database work harder by doing so often.
    """

    def __init__(self, service: str, sample: Sample, *, fresh_s: float) -> None:
        self.service = service
        self._sample = sample
        self._fresh_s = fresh_s
        self._task: asyncio.Task[Sequence[Reading] | None] | None = None
        self._ended_at = 0.0
        self._failed = False

    def start(self) -> "asyncio.Task[Sequence[Reading] | None]":
        """Return the task that takes the sample, or took it just now; its result is None if that failed."""
        if self._task is None or (self._task.done() and time.monotonic() - self._ended_at >= self._fresh_s):
            self._task = asyncio.create_task(self._take(), name=f"metrics of {self.service}")
        return self._task

    def stop(self) -> None:
        """Give up a sample that is being taken."""
        if self._task is not None:
            self._task.cancel()

    async def _take(self) -> Sequence[Reading] | None:
        try:
            readings = await self._sample()
        except Exception as error:
            if not self._failed:
                _log.warning("metrics.sample_failed", service=self.service, error=repr(error))
            self._failed = True
            return None
        else:
            self._failed = False
            return readings
        finally:
            self._ended_at = time.monotonic()

"""Waiting for a drill's phases, watched."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Told of a phase, how much of it is done, and how much there is to do."""

_LOOK_S = 0.2
_PATIENCE_S = 60.0
_SHARE_OF_LOOKING = 0.1  # counting a million rows is not for free, and must not slow what it watches


class Progress:
    """Tells of the phases, and keeps how long each took in seconds."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self.seconds: dict[str, float] = {}

    def reach(self, phase: str, done: int, total: int) -> None:
        """Tell how far a phase is."""
        self._on_progress(phase, min(done, total), total)

    def passed(self, phase: str, began: float) -> None:
        """Note that a phase is over, which began then on the performance counter."""
        self.seconds[phase] = round(time.perf_counter() - began, 3)

    async def see_through(self, phase: str, total: int, measure: Callable[[], Awaitable[int]]) -> None:
        """Measure until it is `total`, or until nothing has moved for a minute."""
        began = changed = time.perf_counter()
        last = -1
        while True:
            started = time.perf_counter()
            done = await measure()
            now = time.perf_counter()
            self.reach(phase, done, total)
            if done != last:
                last, changed = done, now
            if done >= total or now - changed > _PATIENCE_S:
                break
            await asyncio.sleep(max(_LOOK_S, (now - started) / _SHARE_OF_LOOKING))
        self.passed(phase, began)

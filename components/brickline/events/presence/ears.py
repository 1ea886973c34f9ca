"""The ears of one process, which hear what it tells itself, too."""

import asyncio
import time
from collections.abc import Callable

from brickline.events.bus import Bus
from brickline.events.errors import BusUnavailable

DEAF = "cannot hear what others read"


class Ears:
    """Hear over `bus`. They count as deaf if what is told here does not arrive for `deaf_s` seconds."""

    def __init__(self, bus: Bus, deaf_s: float) -> None:
        self._bus = bus
        self._deaf_s = deaf_s
        self._hearing: asyncio.Timeout | None = None  # while they are open
        self._opened_at = 0.0
        self._heard = 0
        self._unheard = False

    async def hear(self, opened: Callable[[], None], take: Callable[[bytes], None]) -> None:
        """Say that they are open, and take what is heard. Always raises, at the latest when they are deaf."""
        async with self._bus.hear() as notices:
            self._opened_at, self._unheard = time.monotonic(), False
            opened()
            try:
                async with asyncio.timeout(None) as self._hearing:
                    async for notice in notices:
                        self._heard += 1
                        self._unheard = False
                        take(notice)
            except TimeoutError:
                raise BusUnavailable(f"{DEAF}: what is told here does not arrive here either") from None
            finally:
                self._hearing = None
        raise BusUnavailable(f"{DEAF}: the bus ended it")

    async def tell(self, notice: bytes) -> None:
        """Tell everyone, and watch for it to be heard. Raises what the bus raises."""
        heard = self._heard
        self._unheard = False
        await self._bus.tell(notice)
        self._unheard = heard == self._heard

    def end_if_deaf(self) -> None:
        """End a hearing that hears nothing: the next may. To be called when nothing was heard for long."""
        if self._hearing is not None and self._unheard and time.monotonic() - self._opened_at > self._deaf_s:
            self._hearing.reschedule(0)

"""Waiting for confirms, but not for ever."""

import asyncio
from typing import Protocol

from brickline.telemetry import get_logger

_log = get_logger(__name__)

_LONGEST_S = 30.0
_LOOK_S = 1.0


class _Closable(Protocol):
    @property
    def is_closed(self) -> bool: ...


class Patience:
    """Ends waits that take too long, or whose channel is gone, with a `TimeoutError`.

    One look a second at all that wait, where a timer for each would cost a twentieth of what publishing does.
    The library ends most waits of a channel that closes, but a confirm may be lost all the same.
    """

    def __init__(self) -> None:
        self._waits: dict[asyncio.Timeout, tuple[float, _Closable]] = {}
        self._looking: asyncio.TimerHandle | None = None

    def begin(self, limit: asyncio.Timeout, channel: _Closable) -> None:
        """A wait for something on `channel` begins, inside of `limit`."""
        loop = asyncio.get_running_loop()
        self._waits[limit] = (loop.time(), channel)
        if self._looking is None:
            self._looking = loop.call_later(_LOOK_S, self._look)

    def end(self, limit: asyncio.Timeout) -> None:
        """It ended, whether well or not."""
        self._waits.pop(limit, None)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for limit, (since, channel) in tuple(self._waits.items()):
            if channel.is_closed or now - since > _LONGEST_S:
                _log.warning("confirm.given_up", after_s=round(now - since, 1), closed=channel.is_closed)
                del self._waits[limit]  # it is given up once
                limit.reschedule(now)
        self._looking = loop.call_later(_LOOK_S, self._look) if self._waits else None

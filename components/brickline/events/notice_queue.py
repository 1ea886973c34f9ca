"""What every bus hands out as the notices that are heard: few, short, and the newest."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

MAX_NOTICE_BYTES = 64 * 1024
"""The most bytes of a notice; a bus lets nobody hear a longer one."""

_MOST = 1_000


class NoticeQueue:
    """Notices put in by a bus and taken out by one hearer, however slow: it never makes the bus wait.

    Of more than a thousand that wait the oldest are dropped. Whoever tells something tells it again.
    """

    def __init__(self) -> None:
        self._waiting: deque[bytes] = deque(maxlen=_MOST)
        self._arrived = asyncio.Event()

    def put(self, notice: bytes) -> None:
        """Add a notice, unless it is too long."""
        if len(notice) <= MAX_NOTICE_BYTES:
            self._waiting.append(notice)
            self._arrived.set()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield what is heard, without an end."""
        while True:
            await self._arrived.wait()
            while self._waiting:
                yield self._waiting.popleft()
                await asyncio.sleep(0)  # a flood of them leaves the process its turns
            self._arrived.clear()

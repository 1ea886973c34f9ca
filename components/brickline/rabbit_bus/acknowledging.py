"""Acknowledging what one channel delivered in as few frames as is safe."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Protocol

from aio_pika.exceptions import AMQPError

from brickline.telemetry import get_logger

_log = get_logger(__name__)

_GATHER_S = 0.002


class Channel(Protocol):
    """What it asks of an AMQP channel."""

    async def basic_ack(self, delivery_tag: int, multiple: bool = False, wait: bool = True) -> None:
        """Send an acknowledgement."""
        ...

    async def basic_nack(
        self, delivery_tag: int, multiple: bool = False, requeue: bool = True, wait: bool = True
    ) -> None:
        """Send a refusal."""
        ...


class Acknowledger:
    """Gathers the acknowledgements of one channel for two milliseconds.

    Those with nothing unsettled before them go out together; one that is held up by an earlier delivery goes
    alone the next time. Each frame less is a log entry less for a quorum queue. What is not out when the
    process dies is delivered again and found in the inbox.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._open: dict[int, bool] = {}
        """The tags that the broker waits for; True once they may be acknowledged."""
        self._up_to = 0  # all tags to here have gone back to the broker, which counts from 1
        self._seen = 0  # all tags to here have arrived
        self._ahead: set[int] = set()
        self._held_up: set[int] = set()
        self._sending = asyncio.Lock()
        self._flushing: asyncio.Task[None] | None = None

    def arrived(self, tag: int) -> None:
        """A delivery came."""
        self._open[tag] = False
        self._ahead.add(tag)
        while self._seen + 1 in self._ahead:
            self._seen += 1
            self._ahead.remove(self._seen)

    def ack(self, tags: Iterable[int]) -> None:
        """Have these acknowledged soon."""
        self._open.update((tag, True) for tag in tags if tag in self._open)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_soon())

    async def release(self, tag: int) -> None:
        """Hand one back to its queue.

        It stays open until the refusal is on its way: sending may wait, and an acknowledgement of all up to a
        later tag that overtook it would take this one along.
        """
        async with self._sending:
            if self._open.get(tag) is False:
                await self._send(self._channel.basic_nack(tag, requeue=True, wait=False))
                del self._open[tag]

    async def flush(self, *, alone: bool = False) -> None:
        """Send what can be sent together; with `alone` also what is held up."""
        async with self._sending:
            if together := self._take_together():
                await self._send(self._channel.basic_ack(together, multiple=True, wait=False))
            done = {tag for tag, is_done in self._open.items() if is_done}
            for tag in sorted(done if alone else done & self._held_up):
                await self._send(self._channel.basic_ack(tag, wait=False))
                del self._open[tag]
            self._held_up = done & self._open.keys()

    async def _flush_soon(self) -> None:
        while any(self._open.values()):
            await asyncio.sleep(_GATHER_S)
            await self.flush()

    def _take_together(self) -> int:
        """Return the last tag up to which all may be acknowledged, 0 if there is none that waits for it."""
        last = 0
        while self._up_to < self._seen and self._open.get(self._up_to + 1, True):
            self._up_to += 1
            if self._open.pop(self._up_to, False):
                last = self._up_to
        return last

    async def _send(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (AMQPError, OSError, RuntimeError) as error:
            # The channel is gone, so the broker delivers it again and the inbox will tell.
            _log.info("deliveries.taken_back", reason=repr(error))

"""Closing a channel that may be gone already."""

import asyncio
import contextlib
from collections.abc import Iterator

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPError

_CLOSE_TIMEOUT_S = 5.0
_closing: set[asyncio.Task[None]] = set()  # or nothing would keep them


async def close(channel: AbstractChannel) -> None:
    """Close the channel, within five seconds; never fails."""
    with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
        if not channel.is_closed:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await channel.close()


def close_soon(channel: AbstractChannel) -> None:
    """Close the channel in the background: for who may not wait for the broker's answer."""
    task = asyncio.create_task(close(channel))
    _closing.add(task)
    task.add_done_callback(_closing.discard)


@contextlib.contextmanager
def closed_on_failure(channel: AbstractChannel) -> Iterator[None]:
    """Close the channel soon, should the block that prepares it fail or be cancelled."""
    try:
        yield
    except BaseException:
        close_soon(channel)
        raise

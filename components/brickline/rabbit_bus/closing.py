"""Closing a channel that may be gone already."""

import asyncio
import contextlib

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPError

_CLOSE_TIMEOUT_S = 5.0


async def close(channel: AbstractChannel) -> None:
    """Close the channel, within five seconds; never fails."""
    with contextlib.suppress(AMQPError, OSError, RuntimeError, TimeoutError):
        if not channel.is_closed:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await channel.close()

"""Whether a broker serves clients."""

import asyncio
import time

import aio_pika


async def is_reachable(url: str) -> bool:
    """Log in at `url` and open a channel: a port may be open before, or without, its broker."""
    try:
        connection = await aio_pika.connect(url, timeout=5)
        async with connection:
            await connection.channel()
    except (OSError, TimeoutError, aio_pika.exceptions.AMQPError):
        return False
    return True


async def becomes_reachable(url: str, timeout_s: float) -> bool:
    """Try again until the broker serves or `timeout_s` has passed; say which."""
    deadline = time.monotonic() + timeout_s
    while not await is_reachable(url):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True

"""Waiting for something, but not too long."""

import asyncio
from contextlib import suppress


async def set_within(event: asyncio.Event, longest_s: float) -> None:
    """Return when the event is set, or after `longest_s` seconds."""
    # Not wait_for: in Python 3.11 it forgets a cancellation that comes together with the event.
    with suppress(TimeoutError):
        async with asyncio.timeout(longest_s):
            await event.wait()

"""Declaring together with others."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from brickline.events import BusUnavailable

T = TypeVar("T")

_TRIES = 6
_WAIT_S = 0.3
_COLLIDED = "INTERNAL_ERROR"


async def declared(open_channel: Callable[[], Awaitable[T]]) -> T:
    """Open a channel with what is declared on it, again if that collides with another process.

    RabbitMQ 3.10 ends a connection with INTERNAL_ERROR when several clients declare and consume the same new
    quorum queue at one moment, as services do that are started together for the first time. The queue exists
    then, and another try finds it.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return await open_channel()
        except BusUnavailable as error:
            if attempt == _TRIES or _COLLIDED not in f"{error} {error.__cause__!r}":
                raise
            await asyncio.sleep(random.uniform(0, _WAIT_S * attempt))  # noqa: S311  # jitter, not a secret
    raise AssertionError("the last try returns or raises")

"""Waiting until nothing is on its way any more."""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import aio_pika
import asyncpg

from chaos.patience import Patience
from chaos.reading import read_queues, read_unfinished
from chaos.stage import Stage

_EVERY_S = 0.5
_QUIET = 2
"""So many looks in a row must find nothing: what a handler holds is seen by none of them."""


async def until_settled(stage: Stage, patience_s: float, show: Callable[[str], None]) -> float | None:
    """Wait until every document has ended and outboxes and queues are empty.

    Return the seconds it took, None if nothing moved for `patience_s` seconds before.
    """
    started, patience, quiet = time.monotonic(), Patience(patience_s), 0
    left: tuple[int, ...] = (sys.maxsize,)
    while quiet < _QUIET:
        await asyncio.sleep(_EVERY_S)
        with suppress(OSError, TimeoutError, asyncpg.PostgresError, aio_pika.exceptions.AMQPError):
            _, unfinished, waiting = await read_unfinished(stage.postgres.dsn)
            queued = sum((await read_queues(stage.node.url)).values())
            left = (unfinished, waiting + queued)
            show(
                f"settling: {unfinished:,} documents on their way, {waiting:,} outbox rows, {queued:,} queued"
            )
        if not patience.lasts(*left):
            return None
        quiet = 0 if any(left) else quiet + 1
    return round(time.monotonic() - started, 1)

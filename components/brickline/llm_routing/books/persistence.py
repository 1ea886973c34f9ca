"""Writing down what is in this process alone: through restarts of Postgres, and through our own end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from brickline.budget import BudgetError
from brickline.persistence import DatabaseUnavailable
from brickline.telemetry import get_logger

_log = get_logger(__name__)

_AGAIN_S = 0.5
_LAST_WORDS_S = 5.0


async def persistently(write: Callable[[], Awaitable[Any]], patience_s: float) -> None:
    """Try to write until it is done, for `patience_s` seconds, whatever Postgres says meanwhile.

    Who is cancelled writes it down first, if that takes less than 5 s. Raises `DatabaseUnavailable` when
    patience ends, and a `BudgetError` at once, for that will not change.
    """
    writing = asyncio.ensure_future(_until_written(write, patience_s))
    try:
        await asyncio.shield(writing)
    except asyncio.CancelledError:
        await asyncio.wait([writing], timeout=_LAST_WORDS_S)
        writing.cancel()
        raise


async def _until_written(write: Callable[[], Awaitable[Any]], patience_s: float) -> None:
    try:
        async with asyncio.timeout(patience_s):
            while True:
                try:
                    await write()
                    return
                except BudgetError:
                    raise
                except Exception as error:  # gone, read-only after a failover, out of disk: it may pass
                    _log.warning("llm.waiting_for_ledger", reason=str(error) or repr(error))
                await asyncio.sleep(_AGAIN_S)
    except TimeoutError as error:
        raise DatabaseUnavailable(f"the ledger could not be written to for {patience_s:g} s") from error

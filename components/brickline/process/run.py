"""The life of one service process."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from brickline.process.stopping import stopped_by_signals
from brickline.settings import LogSettings, SettingsError, load_settings
from brickline.telemetry import configure_logging

S = TypeVar("S", bound=LogSettings)

_EXIT_FAILED = 1
_EXIT_MISCONFIGURED = 2


def run_service(
    service: str,
    settings_type: type[S],
    serve: Callable[[S, asyncio.Event], Awaitable[None]],
    *,
    expected: tuple[type[Exception], ...],
) -> int:
    """Load settings, start logs, `serve` until a signal, and return the exit code.

    0 after a drained stop, 2 for wrong settings, 1 when `serve` raises one of the `expected` errors: their
    text says what to do and is printed without a traceback. Any other exception is a bug and passes.
    """
    try:
        settings = load_settings(settings_type)
    except SettingsError as error:
        return _refuse(service, error, _EXIT_MISCONFIGURED)
    configure_logging(service, settings.log_level, settings.log_format)
    try:
        asyncio.run(_serve(settings, serve))
    except expected as error:
        return _refuse(service, error, _EXIT_FAILED)
    return 0


async def _serve(settings: S, serve: Callable[[S, asyncio.Event], Awaitable[None]]) -> None:
    async with stopped_by_signals() as stop:
        await serve(settings, stop)


def _refuse(service: str, error: Exception, code: int) -> int:
    print(f"{service}: {error}", file=sys.stderr)
    return code

"""Trying, and letting nothing that fails go further."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from brickline.telemetry import get_logger

_log = get_logger(__name__)


class Effort:
    """What fails again and again is logged when it begins and when it is over; `failing` names it."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self._has_ignored = False

    @contextmanager
    def best(self, what: str) -> Iterator[None]:
        """End the block without an exception, save for a cancellation of the task."""
        try:
            yield
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            self._fails(what, error)  # something within was cancelled, and nobody meant this task
        except Exception as error:
            self._fails(what, error)
        else:
            self.goes_well(what)

    def goes_well(self, what: str) -> None:
        """Take note that it does not fail now."""
        if what in self.failing:
            self.failing.remove(what)
            _log.info("presence.resumed", what=what)

    def ignore(self, error: Exception) -> None:
        """Say once that somebody tells what cannot be read; there may be many of it."""
        if not self._has_ignored:
            self._has_ignored = True
            _log.warning("presence.notice_ignored", reason=str(error) or repr(error))

    def _fails(self, what: str, error: BaseException) -> None:
        if what not in self.failing:
            self.failing.add(what)
            _log.warning("presence.interrupted", what=what, reason=str(error) or repr(error))

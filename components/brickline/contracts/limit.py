"""How long the code of models may take: one that never ends would keep the check from ever ending."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

DOCUMENT_S = 5.0
"""More than any document takes, in seconds."""


class TookTooLong(BaseException):
    """Raised inside code that does not end. No `Exception`, for that code may go on after those."""


@contextmanager
def limited(seconds: float | None = None) -> Iterator[None]:
    """Raise `TookTooLong` out of what is done within, after `DOCUMENT_S` unless told otherwise.

    Code that goes on all the same and ends late is not taken to have ended in time. There is no limit outside
    of the main thread, and on systems without such a signal. Not to be nested.
    """
    if not hasattr(signal, "setitimer") or current_thread() is not main_thread():
        yield
        return
    most = DOCUMENT_S if seconds is None else seconds
    bell = _Bell(most)
    before = signal.signal(signal.SIGALRM, bell.ring)
    waiting = signal.setitimer(signal.ITIMER_REAL, most)
    try:
        yield
        if bell.rang:
            raise bell.too_long()
    finally:
        bell.rang = True
        signal.setitimer(signal.ITIMER_REAL, *waiting)
        signal.signal(signal.SIGALRM, before)


class _Bell:
    """Rings once."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.rang = False

    def ring(self, *_: object) -> None:
        if not self.rang:
            self.rang = True
            raise self.too_long()

    def too_long(self) -> TookTooLong:
        return TookTooLong(f"it did not end within {self._seconds:g} s")

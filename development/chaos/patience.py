"""A deadline that is put off for as long as something moves: a slow machine is no loss, a standstill is."""

import time


class Patience:
    """Runs out when nothing has become less for `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._least: tuple[int, ...] | None = None
        self._moved_at = time.monotonic()

    def lasts(self, *left: int) -> bool:
        """Note what is left to do, the most telling figure first; False when that has not shrunk for long."""
        if self._least is None or left < self._least:
            self._least, self._moved_at = left, time.monotonic()
        return time.monotonic() - self._moved_at < self._seconds

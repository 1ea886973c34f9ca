"""Counting what a group cannot read."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ContractLimits:
    """How many unreadable events are no longer single bad ones but a contract that was broken."""

    in_a_row: int = 20
    window: int = 200
    """How many of the last events are looked at together,"""
    share: float = 0.5
    """and which part of them, once there are so many, may be unreadable."""


class ContractRecord:
    """The last events of one group in one process: readable or not."""

    def __init__(self, limits: ContractLimits) -> None:
        self._limits = limits
        self._in_a_row = 0
        self._window: deque[bool] = deque(maxlen=limits.window)

    def add(self, *, readable: bool) -> str | None:
        """Count one more event; return why the group should pause, or None."""
        self._window.append(readable)
        self._in_a_row = 0 if readable else self._in_a_row + 1
        unreadable = self._window.count(False) if not readable else 0
        if self._in_a_row >= self._limits.in_a_row:
            return f"{self._limits.in_a_row} events in a row cannot be read"
        if unreadable >= self._limits.share * self._limits.window:
            return f"{unreadable} of the last {len(self._window)} events cannot be read"
        return None

    def take_back(self) -> None:
        """Count one unreadable event less: it is still in hand, and will be counted again."""
        self._in_a_row = max(0, self._in_a_row - 1)
        if self._window:
            self._window.pop()

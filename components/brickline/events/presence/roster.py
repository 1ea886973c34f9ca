"""The processes that were heard of late."""

import time
from uuid import UUID

from brickline.events.presence.announcement import Announcement

_MOST = 1_000


class Roster:
    """Remembers for `live_s` seconds who was heard; of more than a thousand at once, not the newcomers."""

    def __init__(self, live_s: float, *, most: int = _MOST) -> None:
        self._live_s = live_s
        self._most = most
        self._heard: dict[UUID, tuple[float, Announcement]] = {}
        """In the order of hearing."""
        self._deaf = False

    def can_hear(self, can: bool) -> None:
        """Take note of whether anything can be heard: while it cannot, nobody is silent.

        Afterwards everyone has the whole time again, so that an outage of the bus neither ends an alarm nor
        raises it anew.
        """
        if can and self._deaf:
            now = time.monotonic()
            self._heard = {instance: (now, said) for instance, (_, said) in self._heard.items()}
        self._deaf = not can

    def heard(self, announcement: Announcement) -> bool:
        """Remember a process; tell whether it was unknown and is remembered now."""
        self._forget_silent()
        known = self._heard.pop(announcement.instance, None)
        if known is None and len(self._heard) >= self._most:
            return False
        self._heard[announcement.instance] = (time.monotonic(), announcement)
        return known is None

    def left(self, instance: UUID) -> None:
        """Forget a process that said farewell."""
        self._heard.pop(instance, None)

    def live(self) -> tuple[Announcement, ...]:
        """Return who is there, the one that was heard last at the end."""
        self._forget_silent()
        return tuple(announcement for _, announcement in self._heard.values())

    def silent_in_s(self) -> float | None:
        """Return when, in seconds, the next one will count as gone unless it is heard; None for nobody."""
        first = next(iter(self._heard.values()), None)
        return None if first is None or self._deaf else max(0.0, first[0] + self._live_s - time.monotonic())

    def _forget_silent(self) -> None:
        last = time.monotonic() - self._live_s
        while self._heard and not self._deaf:
            instance, (heard_at, _) = next(iter(self._heard.items()))
            if heard_at > last:
                return
            del self._heard[instance]

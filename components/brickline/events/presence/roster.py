"""The processes that were heard of late."""

import math
import time
from uuid import UUID

from brickline.events.presence.announcement import Announcement

_MOST = 1_000


class Roster:
    """Remembers for `live_s` seconds who was heard; of more than a thousand at once, not the newcomers.

    A process hears itself. So where nothing at all was heard for `deaf_s` seconds it cannot hear, and time
    stands still: nobody is silent. Afterwards everyone has the whole time again, so that this neither ends
    an alarm nor raises it anew.
    """

    def __init__(self, live_s: float, *, deaf_s: float = math.inf, most: int = _MOST) -> None:
        self._live_s = live_s
        self._deaf_s = deaf_s
        self._most = most
        self._heard: dict[UUID, tuple[float, Announcement]] = {}
        """In the order of hearing."""
        self._noticed_at = time.monotonic()

    @property
    def deaf(self) -> bool:
        """Whether nothing was heard for so long that nothing can be heard."""
        return time.monotonic() - self._noticed_at > self._deaf_s

    def noticed(self) -> None:
        """Take note that something is heard, whatever it is; or that from now on it should be."""
        if self.deaf:
            now = time.monotonic()
            self._heard = {instance: (now, said) for instance, (_, said) in self._heard.items()}
        self._noticed_at = time.monotonic()

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
        return None if first is None or self.deaf else max(0.0, first[0] + self._live_s - time.monotonic())

    def deaf_in_s(self) -> float | None:
        """Return when, in seconds, this will be deaf unless something is heard; None if it is."""
        return None if self.deaf else self._noticed_at + self._deaf_s - time.monotonic()

    def _forget_silent(self) -> None:
        # By the time up to which it can be known who was silent.
        last = min(time.monotonic(), self._noticed_at + self._deaf_s) - self._live_s
        while self._heard:
            instance, (heard_at, _) = next(iter(self._heard.items()))
            if heard_at > last:
                return
            del self._heard[instance]

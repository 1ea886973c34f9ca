"""How often a process says that it is there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """The intervals of presence, in seconds; all processes of a deployment should have the same.

    Raises `ValueError` if `live_s` has no room for three announcements.
    """

    every_s: float = 10.0
    """Between two announcements of one process."""
    live_s: float = 35.0
    """How long a process counts as there after it was last heard: three announcements may be lost."""
    answer_s: float = 0.3
    """Within which an unknown process is answered, together with others that come meanwhile."""

    def __post_init__(self) -> None:
        if self.live_s < 3 * self.every_s:
            raise ValueError(
                f"live_s, {self.live_s:g}, is to be three times every_s, {self.every_s:g}, or more"
            )

    @property
    def deaf_s(self) -> float:
        """How long nothing at all may be heard, what is told here neither, before that means: it cannot.

        Whoever is there tells twice in the rest of `live_s`, and so is heard before it counts as gone.
        """
        return self.live_s - 2 * self.every_s


STEADY = Pace()
"""The pace of every service."""

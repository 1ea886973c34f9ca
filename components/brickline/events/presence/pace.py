"""How often a process says that it is there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """The intervals of presence, in seconds; all processes of a deployment should have the same."""

    every_s: float = 10.0
    """Between two announcements of one process."""
    live_s: float = 35.0
    """How long a process counts as there after it was last heard: three announcements may be lost."""
    answer_s: float = 0.3
    """Within which an unknown process is answered, together with others that come meanwhile."""


STEADY = Pace()
"""The pace of every service."""

"""Who is there: what each running process reads and writes, told to the others and kept as a row.

A service that writes what a live consumer has not announced to read says so, loudly, and goes on: the
consumer pauses and loses nothing. All of this is best effort: what goes wrong with it disturbs nobody.
"""

from brickline.events.presence.announcement import Announced, Announcement
from brickline.events.presence.pace import STEADY, Pace
from brickline.events.presence.presence import Presence
from brickline.events.presence.release import UNRELEASED, Release
from brickline.events.presence.rows import announced
from brickline.events.presence.skew import Skew, skews

__all__ = [
    "STEADY",
    "UNRELEASED",
    "Announced",
    "Announcement",
    "Pace",
    "Presence",
    "Release",
    "Skew",
    "announced",
    "skews",
]

"""Events that a group gave up, kept as rows until a person replays or discards them.

A letter ends once and stays as it was. A replay sends its event to the one group again, under its own ids;
should that die again, the new letter names the one it came from.
"""

from brickline.events.dead_letters.burial import bury
from brickline.events.dead_letters.desk import DeadLetterDesk
from brickline.events.dead_letters.errors import (
    DeadLetterError,
    LetterClosed,
    NoEventInside,
    UnfitEdit,
    UnknownLetter,
    UnknownService,
    WrongRequest,
)
from brickline.events.dead_letters.letter import DeadLetter
from brickline.events.dead_letters.records import (
    Body,
    Canary,
    CanaryOutcome,
    Death,
    DiscardReport,
    Letter,
    LetterDetail,
    LetterGroup,
    LetterPage,
    LetterState,
    ReplayReport,
)
from brickline.events.dead_letters.replay import ReplayOrder
from brickline.events.dead_letters.selection import LetterFilter

__all__ = [
    "Body",
    "Canary",
    "CanaryOutcome",
    "DeadLetter",
    "DeadLetterDesk",
    "DeadLetterError",
    "Death",
    "DiscardReport",
    "Letter",
    "LetterClosed",
    "LetterDetail",
    "LetterFilter",
    "LetterGroup",
    "LetterPage",
    "LetterState",
    "NoEventInside",
    "ReplayOrder",
    "ReplayReport",
    "UnfitEdit",
    "UnknownLetter",
    "UnknownService",
    "WrongRequest",
    "bury",
]

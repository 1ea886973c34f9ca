"""Rehearsals of what must not happen again, on the real services: measured, and judged figure by figure."""

from brickline.drill.errors import DrillError, FiguresOff
from brickline.drill.incident import rehearse
from brickline.drill.progress import OnProgress
from brickline.drill.records import Broken, Check, Incident, Mended, Then
from brickline.drill.verdict import PAUSES_AT, require_passed

__all__ = [
    "PAUSES_AT",
    "Broken",
    "Check",
    "DrillError",
    "FiguresOff",
    "Incident",
    "Mended",
    "OnProgress",
    "Then",
    "rehearse",
    "require_passed",
]

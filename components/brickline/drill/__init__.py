"""Rehearsals of what must not happen again, on the real services: measured, and judged figure by figure."""

from brickline.drill.errors import DrillError, FiguresOff
from brickline.drill.incident import rehearse
from brickline.drill.progress import OnProgress
from brickline.drill.records import Broken, Check, Incident, Mended, Then
from brickline.drill.verdict import require_passed

__all__ = [
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

"""A measured figure and the target it is held against."""

from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict


class Figure(BaseModel):
    """One number, in the unit it is printed with; smaller is better."""

    model_config = ConfigDict(frozen=True)

    name: str
    measured: float
    target: float
    unit: str
    how: str
    """What exactly was measured, in a sentence."""

    @property
    def reached(self) -> bool:
        """Whether the figure is under its target."""
        return self.measured < self.target


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    if share == 0.5:
        return median(values)
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]

"""A measured figure and the target it is held against."""

from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel, ConfigDict


class Figure(BaseModel):
    """One number, in the unit it is printed with; smaller is better unless the target is a least one."""

    model_config = ConfigDict(frozen=True)

    name: str
    measured: float
    target: float
    unit: str
    how: str
    """What exactly was measured, in a sentence."""
    at_least: bool = False
    """Whether the target is the least that will do, as of a rate held against a peer's."""
    spread: tuple[float, float] | None = None
    """Lowest and highest of the rounds whose median is `measured`."""

    @property
    def reached(self) -> bool:
        """Whether the figure is under its target, or not under it where that is the least."""
        return self.measured >= self.target if self.at_least else self.measured < self.target

    def as_json(self) -> dict[str, object]:
        """Return it as JSON's own types, and whether it is reached."""
        return {**self.model_dump(), "reached": self.reached}


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float], *, at_least: float, how: str) -> Figure:
    """Return the median over rounds of our rate to theirs in the same round, held against `at_least`."""
    rounds = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Figure(
        name=name,
        measured=round(median(rounds), 2),
        target=at_least,
        unit="x",
        how=how,
        at_least=True,
        spread=(round(min(rounds), 2), round(max(rounds), 2)),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values do not exceed."""
    if share == 0.5:
        return median(values)
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]

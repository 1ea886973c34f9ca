"""What was found, by what and for how much: in a piece of a text, a part of a document, or all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from brickline.analysis.merging import merge_insights
from brickline.schemas import Insights

_MAX_MODEL_CHARS = 200
_SEPARATOR = ", "


@dataclass(frozen=True, slots=True)
class Findings:
    """Insights, and how they came about."""

    insights: Insights
    model: str
    """What found them; several models with commas."""
    degraded: bool = False
    repaired: bool = False
    cost_micros: int = 0

    @classmethod
    def merged(cls, parts: Sequence[Self]) -> Self:
        """Merge those of one text, in its order: what holds for one of them is said of the whole."""
        return cls(
            merge_insights([part.insights for part in parts]),
            _models(parts),
            degraded=any(part.degraded for part in parts),
            repaired=any(part.repaired for part in parts),
            cost_micros=sum(part.cost_micros for part in parts),
        )


def _models(parts: Sequence[Findings]) -> str:
    """Name each model once. A provider may call its model anything, and of any length."""
    names = dict.fromkeys(name for part in parts for name in part.model.split(_SEPARATOR) if name)
    joined = _SEPARATOR.join(names) or "unknown"
    return joined if len(joined) <= _MAX_MODEL_CHARS else f"{joined[: _MAX_MODEL_CHARS - 1]}…"

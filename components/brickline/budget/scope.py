"""What a limit is on: everything, one tenant, or one model; and for how long."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from brickline.budget.checks import check_name
from brickline.budget.errors import InvalidRequest

_OVERALL = "overall"
_KINDS = ("tenant", "model")


class Period(StrEnum):
    """How long a window is. Windows begin at whole hours, days and months of UTC; TOTAL has one, for ever."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose calls a limit counts; `str` and `parse` write it as `overall`, `tenant:NAME` or `model:NAME`."""

    kind: str
    name: str = ""

    @classmethod
    def overall(cls) -> Self:
        """Every call."""
        return cls(_OVERALL)

    @classmethod
    def tenant(cls, name: str) -> Self:
        """The calls made for one tenant."""
        return cls("tenant", check_name("the tenant", name))

    @classmethod
    def model(cls, name: str) -> Self:
        """The calls of one model, by its name in the models file."""
        return cls("model", check_name("the model", name))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote. Raises `InvalidRequest`."""
        if text == _OVERALL:
            return cls.overall()
        kind, colon, name = text.partition(":")
        if kind not in _KINDS or not colon:
            raise InvalidRequest(f"{text[:80]!r} is no scope: write overall, tenant:NAME or model:NAME")
        return cls(kind, check_name(f"the {kind}", name))

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

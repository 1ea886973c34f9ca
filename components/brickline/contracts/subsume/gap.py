"""A place where a writer may write what a reader does not accept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from pydantic import JsonValue

from brickline.contracts.errors import NoExample


class Kind(Enum):
    """In which way the two sides differ."""

    ABSENT = auto()
    """The reader requires a name that the writer does not know."""
    RENAMED = auto()
    """The same, and what the writer calls by another name would fit."""
    OMITTED = auto()
    """The reader requires what the writer may leave out."""
    NARROWER = auto()
    """The reader takes less than the writer writes."""
    CHOICE = auto()
    """The reader lacks one value of an enum, or one member of a union."""
    FORBIDDEN = auto()
    """The reader refuses names that it does not know, and the writer writes one."""
    UNKNOWN = auto()
    """Nobody can tell."""


@dataclass(frozen=True)
class Gap:
    """One such place, seen from some part of the document."""

    kind: Kind
    says: str
    values: tuple[JsonValue, ...] = ()
    """What the writer may write for this part, such that the reader rejects it; of `UNKNOWN`, examples."""
    path: str = ""

    def within(self, step: str, around: Callable[[JsonValue], JsonValue]) -> "Gap":
        """Return the gap as seen from the part that holds this one."""
        try:
            values = tuple(around(value) for value in self.values)
        except NoExample:
            values = ()
        joined = (
            step + self.path if self.path.startswith(("[", "{")) or not self.path else f"{step}.{self.path}"
        )
        return replace(self, values=values, path=joined)


def unknown(says: str, values: tuple[JsonValue, ...] = ()) -> Gap:
    """Return a gap of which nobody can tell whether it is one."""
    return Gap(Kind.UNKNOWN, says, values)

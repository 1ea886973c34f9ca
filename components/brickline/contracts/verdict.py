"""What a comparison says."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue


class Direction(StrEnum):
    """Which side wrote and which reads."""

    BACKWARD = "backward"
    """The new reader meets documents of the old writer: queued, stored, or of one still deployed."""
    FORWARD = "forward"
    """The old reader meets documents of the new writer, for as long as it is deployed."""


class Rule(StrEnum):
    """The kinds of change that somebody must hear of."""

    ADD_REQUIRED = "add required"
    REMOVE_REQUIRED = "remove required"
    RENAME_REQUIRED = "rename required"
    RENAME_OPTIONAL = "rename optional"
    OPTIONAL_TO_REQUIRED = "optional to required"
    REQUIRED_TO_OPTIONAL = "required to optional"
    WIDEN = "widen"
    NARROW = "narrow"
    ADD_CHOICE = "enum or union: add"
    REMOVE_CHOICE = "enum or union: remove"
    DEFAULT_CHANGED = "default changed"
    UNION_ORDER = "union reads in another order"
    EXTRA_FORBIDDEN = "reader becomes extra=forbid"
    NAME_REUSED = "removed name re-used with another type"
    UPCASTER = "upcaster"
    """An older version's document does not come through the upcasters, or the new model refuses it then."""
    NOT_UNDERSTOOD = "not understood"


class Proof(StrEnum):
    """By what a witness was rejected."""

    MODEL = "the real model"
    SCHEMA = "its schema"
    NONE = "nothing"


@dataclass(frozen=True)
class Witness:
    """A document that one side may write and the other does not accept."""

    document: JsonValue
    proof: Proof
    """`NONE` only beside the rule `NOT_UNDERSTOOD`: the document is then an example of what is in doubt."""
    complaint: str = ""
    """The first line of what the real model said, if it was asked."""


@dataclass(frozen=True)
class Break:
    """A document of one side that the other does not accept, or a change that nobody can vouch for."""

    direction: Direction
    path: str
    """Where in the payload, as `insights.themes[*]`; `scores{*}` is a map's value, `$` the payload itself."""
    rule: Rule
    says: str
    witness: Witness | None
    """None only beside the rule `NOT_UNDERSTOOD`, where no example could be made up."""


@dataclass(frozen=True)
class Flag:
    """A change that breaks no document by itself: it changes meaning, or takes a later way out away."""

    path: str
    rule: Rule
    says: str
    refused: bool = False
    """Whether it is no mere notice: it must not be accepted within a version."""
    witness: Witness | None = None


@dataclass(frozen=True)
class Verdict:
    """All that a change from one contract to another breaks, and what it changes silently."""

    topic: str
    old_version: int
    new_version: int
    breaks: tuple[Break, ...]
    flags: tuple[Flag, ...]

    def _holds(self, direction: Direction) -> bool:
        return not any(broken.direction is direction for broken in self.breaks)

    @property
    def backward(self) -> bool:
        """Whether the new reader accepts every document of the old writer."""
        return self._holds(Direction.BACKWARD)

    @property
    def forward(self) -> bool:
        """Whether the old reader accepts every document of the new writer."""
        return self._holds(Direction.FORWARD)

    @property
    def full(self) -> bool:
        """Whether either may be deployed first."""
        return not self.breaks

    @property
    def refused(self) -> tuple[Flag, ...]:
        """The flags that are no mere notice."""
        return tuple(flag for flag in self.flags if flag.refused)

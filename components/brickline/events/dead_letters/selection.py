"""Which letters are meant."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, model_validator

from brickline.events.dead_letters.records import LetterState


def _storable(text: str) -> str:
    text.encode()  # a lone surrogate; the error is a ValueError
    if "\x00" in text:
        raise ValueError("holds a NUL character, and no letter does")
    return text


Term = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_storable)]
"""Text that a letter's field equals."""


class LetterFilter(BaseModel):
    """Letters for which all of this holds; a field that is None asks nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: Term | None = None
    group: Term | None = None
    reason: Term | None = None
    fingerprint: Term | None = None
    tenant: Term | None = None
    since: AwareDatetime | None = None
    """Dead since then, inclusive."""
    until: AwareDatetime | None = None
    """Dead before then, exclusive."""
    state: LetterState | None = None
    ids: tuple[UUID, ...] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise ValueError(f"since ({self.since}) is not before until ({self.until}), so nothing can match")
        return self

    def is_empty(self) -> bool:
        """Tell whether every letter matches."""
        return not self.model_dump(exclude_none=True, exclude={"state"})

    def arguments(self) -> tuple[object, ...]:
        """Return the parameters $1 to $8 of every query that takes a filter."""
        ids = None if self.ids is None else list(self.ids)
        state = None if self.state is None else self.state.value
        return (ids, self.group, self.reason, self.fingerprint, self.tenant, self.since, self.until, state)

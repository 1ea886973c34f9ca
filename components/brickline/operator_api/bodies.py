"""What operators send."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brickline.events import LetterFilter

MAX_IDS = 1000
MAX_WAIT_S = 60.0

Ids = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MAX_IDS)]


class Which(BaseModel):
    """Which dead letters: by id, by what holds for them, or all there are. One of the three."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ids: Ids | None = None
    filter: LetterFilter | None = None
    all: bool = False
    dry_run: Annotated[bool, Field(description="Only say what would be done.")] = False

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        if self.filter is not None and self.filter.is_empty():
            raise ValueError("filter asks for nothing; to mean every dead letter, send all")
        if [self.ids is not None, self.filter is not None, self.all].count(True) != 1:
            raise ValueError("send one of ids, filter and all, to say which dead letters are meant")
        return self

    def wanted(self) -> LetterFilter:
        """Return the filter that says the same."""
        return self.filter if self.filter is not None else LetterFilter(ids=self.ids)


class ReplayBody(Which):
    """Which dead letters to replay, and how."""

    canary: Annotated[bool, Field(description="One of a kind first, the others once it is settled.")] = True
    canary_timeout_s: Annotated[float, Field(gt=0, le=MAX_WAIT_S)] = 20.0
    rate: Annotated[float | None, Field(gt=0, le=1_000_000, description="Events a second.")] = None
    event: Annotated[
        dict[str, Any] | None, Field(description="Sent instead of the one letter's own, which is kept.")
    ] = None

    @model_validator(mode="after")
    def _edits_one(self) -> Self:
        if self.event is not None and len(self.ids or ()) != 1:
            raise ValueError("event takes the place of one letter's own: send its id as the only one of ids")
        return self


class DiscardBody(Which):
    """Which dead letters to discard, and why."""

    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]

"""Dead letters as operators read them."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class LetterState(StrEnum):
    """Where a letter is: it ends once."""

    DEAD = "dead"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Letter(_Record):
    """One event that one group gave up."""

    dead_letter_id: UUID
    service: str
    state: LetterState
    group_id: str
    topic: str
    event_id: UUID
    tenant: str | None
    """None, like `trace_id`, where the bytes hold no event."""
    trace_id: str | None
    reason: str
    error: str
    fingerprint: str
    attempts: int
    dead_at: datetime
    closed_at: datetime | None
    """When it was replayed or discarded."""
    closed_by: str | None
    discard_reason: str | None
    came_from: UUID | None
    """The letter whose replay died again as this one."""


class LetterPage(_Record):
    """Some letters, newest first."""

    items: tuple[Letter, ...]
    next_cursor: str | None
    """For the page after this one; None on the last."""


class LetterGroup(_Record):
    """Letters that failed alike."""

    service: str
    group_id: str
    fingerprint: str
    reason: str
    topic: str
    letters: int
    without_event: int
    """How many of them hold no event, and can only be replayed with another body."""
    first_at: datetime
    last_at: datetime
    sample_error: str


class Body(_Record):
    """The bytes of an event, as text where they are text."""

    encoding: Literal["utf-8", "base64"]
    text: str


class Replay(_Record):
    """One sending anew of a letter's event."""

    replay_id: UUID
    replayed_at: datetime
    replayed_by: str
    edited: bool
    body: Body | None
    """What was sent instead of the letter's own body, which is kept."""


class Death(_Record):
    """One letter among all those of one event."""

    dead_letter_id: UUID
    state: LetterState
    dead_at: datetime
    reason: str
    error: str
    replay: Replay | None


class LetterDetail(Letter):
    """A letter with what it holds, and the story of its event in its group."""

    body: Body
    lineage: tuple[Death, ...]
    """Oldest first, this letter among them."""


class CanaryOutcome(StrEnum):
    """What became of a letter that was replayed ahead of the others."""

    SETTLED = "settled"
    DEAD_AGAIN = "dead again"
    TIMED_OUT = "timed out"


class Canary(_Record):
    """A letter that was replayed ahead of all that failed alike."""

    dead_letter_id: UUID
    service: str
    group_id: str
    fingerprint: str
    event_id: UUID
    outcome: CanaryOutcome
    detail: str
    """A sentence on why, where it was not settled."""


class ReplayReport(_Record):
    """What a replay did, or in a dry run would do."""

    dry_run: bool
    groups: tuple[LetterGroup, ...]
    """What was asked for, as it was found."""
    canaries: tuple[Canary, ...]
    replayed: int
    """Canaries included."""
    held_back: int
    """Left dead because their canary was not settled."""
    without_event: int
    """Left dead because they can only be replayed with another body."""


class DiscardReport(_Record):
    """What was discarded, or in a dry run would be."""

    dry_run: bool
    groups: tuple[LetterGroup, ...]
    discarded: int

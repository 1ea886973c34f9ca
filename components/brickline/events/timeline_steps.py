"""What can happen to an event, as the steps of a trace."""

from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_aware)]
"""A time of Postgres, with a zone: the driver gives none with infinity, where a deferral for ever ends."""


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True)

    at: Moment
    service: str
    """Whose table tells of the step; for a publication, who published."""
    topic: str
    event_id: UUID


class Published(_Step):
    """An event came about."""

    what: Literal["published"] = "published"


class AttemptFailed(_Step):
    """A group tried an event in vain."""

    what: Literal["attempt failed"] = "attempt failed"
    group_id: str
    attempt: int
    failure: str
    """The class of the failure; for the last attempt the reason of the dead letter."""
    error: str
    again_at: Moment | None
    """When the group was to try again; None where it gave the event up."""


class Settled(_Step):
    """A group's effects of an event were committed."""

    what: Literal["settled"] = "settled"
    group_id: str
    attempt: int
    after_s: float
    """Seconds from the publication on: the bus, earlier attempts and the handler together."""
    handler_ms: float
    """Milliseconds from the start of the handler to that of its transaction."""


class DeadLettered(_Step):
    """A group gave an event up."""

    what: Literal["dead letter"] = "dead letter"
    group_id: str
    attempts: int
    reason: str
    error: str
    fingerprint: str
    dead_letter_id: UUID


class Replayed(_Step):
    """A person sent a dead letter again."""

    what: Literal["replayed"] = "replayed"
    group_id: str
    edited: bool
    by: str
    dead_letter_id: UUID


class Discarded(_Step):
    """A person put a dead letter aside for good."""

    what: Literal["discarded"] = "discarded"
    group_id: str
    reason: str
    by: str
    dead_letter_id: UUID


class Waiting(_Step):
    """An event is in the outbox now. `at` is when it is due, or now where it is due already."""

    what: Literal["waiting"] = "waiting"
    group_id: str | None
    """None: it is for every group of its topic."""
    attempt: int
    since: Moment
    state: Literal["later", "due", "sending"]
    """`sending`: a relay has it in hand; on the in-process bus, that is until every group has settled it."""
    waiting_for: str | None


TimelineStep: TypeAlias = Published | AttemptFailed | Settled | DeadLettered | Replayed | Discarded | Waiting
"""`what` tells the kinds apart, in JSON too."""

"""What keeps a map from being right."""

from dataclasses import dataclass
from enum import StrEnum


class ProblemKind(StrEnum):
    """What can be wrong with a pipeline."""

    NOBODY_PRODUCES = "nobody produces"
    NOBODY_READS = "nobody reads"
    TWO_OWNERS = "two owners"
    CYCLE = "cycle"
    UNKNOWN_PAYLOAD = "unknown payload"
    NOT_ROUTED = "not routed"
    """A group is not among its topic's routes: its queue may be missing when an event is published."""
    NO_SUCH_GROUP = "no such group"
    """A route leads to a group that does not read the topic: nothing takes from that queue."""
    SHARED_GROUP = "shared group"
    """Two consumers have one group id, so that each takes events from the other's queue."""
    SHARED_NAME = "shared name"
    """Two services have one name, so one schema, outbox and inbox."""


@dataclass(frozen=True)
class Problem:
    """One thing to mend before the pipeline can be relied on."""

    kind: ProblemKind
    says: str
    """Names topics, groups and projects, and what to do."""

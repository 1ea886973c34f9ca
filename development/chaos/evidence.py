"""What is there at the end, as read from the services' tables, the broker and the logs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from chaos.logs import LogTally
from chaos.supervised import Ended


@dataclass(frozen=True, slots=True)
class JobRow:
    """How a document's job ended."""

    job_id: UUID
    state: str
    updated_at: float
    """In seconds of the epoch; of a reported document, when it was."""


@dataclass(frozen=True, slots=True)
class SettledRow:
    """An event that a group is done with."""

    group_id: str
    topic: str
    event_id: UUID
    trace_id: UUID


@dataclass(frozen=True, slots=True)
class DeadLetterRow:
    """An event that a group gave up."""

    dead_letter_id: UUID
    group_id: str
    topic: str
    trace_id: UUID | None
    reason: str
    error: str


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event that waits to be sent."""

    service: str
    event_id: UUID
    topic: str
    trace_id: UUID
    waiting_for: str | None


@dataclass(frozen=True, slots=True)
class FailedAttempts:
    """Attempts of a group that failed alike."""

    group_id: str
    failure: str
    error: str
    times: int


@dataclass(frozen=True, slots=True)
class Tables:
    """What the services' tables hold."""

    documents: frozenset[UUID] = frozenset()
    jobs: Mapping[UUID, JobRow] = field(default_factory=dict)
    reports: Mapping[UUID, bool] = field(default_factory=dict)
    """Whether a document that reporting knows has its insights."""
    analyses: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    """Parts there are, and parts that were counted."""
    settled: tuple[SettledRow, ...] = ()
    effects: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)
    """How often each effect was committed, by document."""
    dead_letters: tuple[DeadLetterRow, ...] = ()
    outboxes: tuple[OutboxRow, ...] = ()
    attempts: tuple[FailedAttempts, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the account is made of, beside what the posters were told."""

    tables: Tables = field(default_factory=Tables)
    queues: Mapping[str, int] = field(default_factory=dict)
    """How many messages each queue holds."""
    unready: Mapping[str, str] = field(default_factory=dict)
    """The services that were not ready when everything was over, and why."""
    ended: tuple[Ended, ...] = ()
    drained: Mapping[str, int] = field(default_factory=dict)
    """The exit codes of the services when they were asked to drain."""
    logs: LogTally = field(default_factory=LogTally)

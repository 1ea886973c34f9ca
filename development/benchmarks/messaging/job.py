"""What a contestant is asked to do. Standard library only: peers import this, too."""

from dataclasses import dataclass
from typing import Literal

from benchmarks.program import Work

Role = Literal["publish", "consume", "latency"]


@dataclass(frozen=True, slots=True)
class Job(Work):
    """One process's work: `warm_up` events, then `events` that count, then a `tail` to keep it busy."""

    role: Role
    rabbitmq_url: str
    database_url: str
    queue: str
    """Where the events go; what follows on them goes to `follow_queue`."""
    follow_queue: str
    effects: bool
    """Whether the handler dedups, writes a row and publishes a follow-on, or does nothing."""
    relayed: bool
    """Ours only: whether an event counts when its follow-on is confirmed, or when it is settled."""
    warm_up: int
    events: int
    tail: int
    concurrency: int
    prefetch: int
    pool_size: int

    @property
    def total(self) -> int:
        """Every event of the job."""
        return self.warm_up + self.events + self.tail

"""What a contestant is asked to do, and how it answers. Standard library only: peers import this, too."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from typing import Literal, Self

Role = Literal["publish", "consume", "latency"]


@dataclass(frozen=True, slots=True)
class Job:
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

    @classmethod
    def from_arguments(cls) -> Self:
        """Read the job this process was started with."""
        given = json.loads(sys.argv[1])
        return cls(**{field.name: given[field.name] for field in fields(cls)})

    def as_argument(self) -> str:
        """Write the job for a process to be started with."""
        return json.dumps(asdict(self))


def answer(
    *,
    counted: int = 0,
    seconds: float = 0.0,
    marks: Sequence[float] = (),
    settings: Mapping[str, object],
    packages: Sequence[str],
) -> None:
    """Print what was measured, how this contestant was set, and the versions of `packages`, for the arena.

    `marks` are seconds: of each sample of a latency, else the time at which each hundredth was through.
    """
    versions = {package: version(package) for package in packages}
    document = {
        "counted": counted,
        "seconds": seconds,
        "marks": list(marks),
        "settings": dict(settings),
        "versions": versions,
    }
    print(json.dumps(document), flush=True)

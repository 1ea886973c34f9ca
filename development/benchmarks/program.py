"""A contestant's side: what it is given, and its answer. Standard library only: peers import this."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from typing import Self


@dataclass(frozen=True, slots=True)
class Work:
    """What a program is asked to do; its fields are JSON's own types."""

    @classmethod
    def from_arguments(cls) -> Self:
        """Read what this process was started with."""
        given = json.loads(sys.argv[1])
        return cls(**{field.name: given[field.name] for field in fields(cls)})

    def as_argument(self) -> str:
        """Write it for a process to be started with."""
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

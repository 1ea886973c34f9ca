"""What the services' logs tell."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_SKIPPED = "event.duplicate_skipped"
_TRACEBACK = "Traceback (most recent call last)"
_SEVERE = ("error", "critical")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class LogTally:
    """Counts over every line of every process."""

    lines: int = 0
    duplicates: Mapping[str, int] = field(default_factory=dict)
    """Deliveries of events that the group had settled before, by group."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """Lines of level error and above, by service and event."""
    tracebacks: tuple[str, ...] = ()
    """Where a process ended by an exception that nobody had foreseen."""


def tally(logs: Iterable[Path]) -> LogTally:
    """Read the logs of all services."""
    lines = 0
    duplicates: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    tracebacks = []
    for path in logs:
        for number, line in enumerate(_lines(path), start=1):
            lines += 1
            said = _parsed(line)
            if said.get("event") == _SKIPPED:
                duplicates[str(said.get("group", "?"))] += 1
            if said.get("level") in _SEVERE:
                errors[f"{said.get('service')}: {_kind_of(str(said.get('event')))}"] += 1
            if not said and _TRACEBACK in line:
                tracebacks.append(f"{path.name}:{number}")
    return LogTally(lines, dict(duplicates), dict(errors), tuple(tracebacks))


def _kind_of(event: str) -> str:
    """Leave out what libraries quote: addresses, and messages of others."""
    return re.split(r'["<(]', event, maxsplit=1)[0].strip()[:_LONGEST]


def _lines(path: Path) -> Iterator[str]:
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as log:
            yield from log


def _parsed(line: str) -> dict[str, object]:
    """Read one line; nothing for text that a process printed, or that a kill cut short."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}

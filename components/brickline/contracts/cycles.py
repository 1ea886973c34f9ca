"""Ways that lead back to where they began."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Step:
    """One way from somewhere to somewhere."""

    origin: str
    via: str
    to: str


def shortest_cycles(steps: Iterable[Step]) -> tuple[tuple[Step, ...], ...]:
    """Return the shortest cycle of each knot of cycles, the same one whatever the order of the steps."""
    ways: dict[str, list[Step]] = {}
    for step in sorted(set(steps)):
        ways.setdefault(step.origin, []).append(step)
    reached = {start: _reached(start, ways) for start in ways}
    loops = sorted(
        (_loop(start, from_start) for start, from_start in reached.items() if start in from_start),
        key=lambda loop: (len(loop), loop),
    )
    found: list[tuple[Step, ...]] = []
    for loop in loops:
        start = loop[0].origin
        if not any(
            start in reached[other[0].origin] and other[0].origin in reached[start] for other in found
        ):
            found.append(loop)
    return tuple(found)


def _reached(start: str, ways: Mapping[str, Sequence[Step]]) -> dict[str, Step]:
    """Return the last step of a shortest way to each place that can be reached, the start itself included."""
    last: dict[str, Step] = {}
    waiting = deque([start])
    while waiting:
        for step in ways.get(waiting.popleft(), ()):
            if step.to not in last:
                last[step.to] = step
                waiting.append(step.to)
    return last


def _loop(start: str, last: Mapping[str, Step]) -> tuple[Step, ...]:
    steps = [last[start]]
    while steps[0].origin != start:
        steps.insert(0, last[steps[0].origin])
    return tuple(steps)

"""How soon after a fault documents were accepted, and finished, again."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from uuid import UUID

from chaos.evidence import JobRow
from chaos.injecting import InjectedFault
from chaos.ledger import Accepted


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from a fault on; None where nothing came after it."""

    fault: InjectedFault
    accepted_s: float | None
    """To the first 202 to a request that was sent after the fault."""
    finished_s: float | None
    """Until the first document that was sent after the fault was reported: the whole pipeline works."""


def recoveries(
    faults: Sequence[InjectedFault], accepted: Sequence[Accepted], jobs: Mapping[UUID, JobRow]
) -> tuple[Recovery, ...]:
    """Measure each fault."""
    by_time = sorted(accepted, key=lambda one: one.asked_at)
    asked = [one.asked_at for one in by_time]
    first_accepted = _first_from([one.accepted_at for one in by_time])
    first_finished = _first_from([_finished_at(one, jobs) for one in by_time])

    def measure(fault: InjectedFault) -> Recovery:
        after = bisect_right(asked, fault.at)
        return Recovery(
            fault,
            _seconds(fault.at, first_accepted, after),
            _seconds(fault.at, first_finished, after),
        )

    return tuple(map(measure, faults))


def _finished_at(accepted: Accepted, jobs: Mapping[UUID, JobRow]) -> float:
    job = jobs.get(accepted.document_id)
    return job.updated_at if job is not None and job.state == "reported" else float("inf")


def _first_from(times: Sequence[float]) -> list[float]:
    """Return for each position the earliest of the times from there on."""
    return list(accumulate(reversed(times), min))[::-1]


def _seconds(start: float, earliest: Sequence[float], position: int) -> float | None:
    if position >= len(earliest) or earliest[position] == float("inf"):
        return None
    return round(earliest[position] - start, 2)

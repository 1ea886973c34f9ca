"""What is done to the product, and when."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

API, WORKER, REPORTING = "ingestion_api", "analysis_worker", "reporting_api"
SERVICES = (API, WORKER, REPORTING)
BROKER, POSTGRES = "broker", "postgres"

_ROUND_S = 40.0
"""Every kind of fault comes once in so many seconds: in two minutes three times."""
_EARLIEST, _LATEST = 0.05, 0.85
"""Within its round, so that there is load before the first fault and after the last."""


class Fault(StrEnum):
    """A kind of fault."""

    KILL_API = "kill -9 of the API"
    KILL_WORKER = "kill -9 of the worker"
    KILL_REPORTING = "kill -9 of reporting"
    STOP_BROKER = "broker stopped and started"
    KILL_BROKER = "broker kill -9"
    RESTART_POSTGRES = "Postgres restart, fast"
    CRASH_POSTGRES = "Postgres restart, immediate"
    SEVER_BROKER = "connection to the broker severed"
    SEVER_POSTGRES = "connection to Postgres severed"


_FIXED_TARGETS = {
    Fault.KILL_API: API,
    Fault.KILL_WORKER: WORKER,
    Fault.KILL_REPORTING: REPORTING,
    Fault.STOP_BROKER: BROKER,
    Fault.KILL_BROKER: BROKER,
    Fault.RESTART_POSTGRES: POSTGRES,
    Fault.CRASH_POSTGRES: POSTGRES,
}


@dataclass(frozen=True, slots=True)
class PlannedFault:
    """A fault to be injected `at_s` seconds after the load began, or as soon as its target is there again."""

    at_s: float
    fault: Fault
    target: str
    """What it happens to; of a severed connection, the service at its one end."""


def plan(seed: int, seconds: float) -> tuple[PlannedFault, ...]:
    """Choose faults at random for a run of so many seconds, each kind at least once; same seed, same plan."""
    chance = random.Random(seed)  # noqa: S311 - chosen to be repeatable
    rounds = max(1, round(seconds / _ROUND_S))
    planned = [fault for number in range(rounds) for fault in _round(chance, number, seconds / rounds)]
    return tuple(sorted(planned, key=lambda fault: fault.at_s))


def _round(chance: random.Random, number: int, length_s: float) -> Iterator[PlannedFault]:
    for fault in Fault:
        at_s = (number + chance.uniform(_EARLIEST, _LATEST)) * length_s
        yield PlannedFault(at_s, fault, _FIXED_TARGETS.get(fault) or chance.choice(SERVICES))

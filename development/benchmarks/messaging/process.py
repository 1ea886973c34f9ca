"""Runs one contestant's program."""

from contextlib import AbstractAsyncContextManager

from benchmarks import process
from benchmarks.messaging.job import Job
from benchmarks.process import Running

_STARTUP_S = 60.0
_SLOWEST_PER_S = 40.0


def started(app: str, job: Job, peer: str | None) -> AbstractAsyncContextManager[Running]:
    """Start the program `app` with its job; whatever is left of it at the end is killed."""
    timeout_s = _STARTUP_S + job.total / _SLOWEST_PER_S
    return process.started(f"benchmarks.messaging.apps.{app}", job, peer, timeout_s=timeout_s)

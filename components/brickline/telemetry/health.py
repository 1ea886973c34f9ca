"""Whether a service lives, and whether it can do its work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from brickline.telemetry.logger import get_logger

log = get_logger(__name__)

Check: TypeAlias = Callable[[], Awaitable[str | None]]
"""Gives None when all is well, else the reason in one sentence; anyone who can reach the port reads it."""

_OK = "ok"
_START = "start"
_WARNING = "warning: "


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a service can do its work: for each check, `ok` or the reason why not.

    What begins with `warning: ` wants attention and stops nothing: the service may be ready all the same.
    """

    ready: bool
    service: str
    checks: Mapping[str, str]

    @property
    def http_status(self) -> int:
        """The status to answer a probe with."""
        return 200 if self.ready else 503

    def body(self) -> dict[str, object]:
        """Make the JSON that every service answers on `/health/ready`."""
        status = _OK if self.ready else "unavailable"
        return {"status": status, "service": self.service, "checks": dict(self.checks)}


class Health:
    """The checks of one service; each has `timeout_s` seconds.

    Without any the service is not ready: it answers probes before it has connected to what it needs.
    """

    def __init__(self, service: str, *, timeout_s: float = 2.0) -> None:
        self.service = service
        self._timeout_s = timeout_s
        self._checks: dict[str, Check] = {}
        self._warnings: set[str] = set()
        self._last: dict[str, str] = {}

    def add(self, name: str, check: Check, *, blocking: bool = True) -> None:
        """Let readiness depend on `check`; raises ValueError for a name already taken.

        One that is not `blocking` is an alarm and no outage: its reason is shown as `warning: ...`, and the
        service stays as ready (status 200) as its other checks find it.
        """
        if name in self._checks:
            raise ValueError(f"there is a health check named {name!r} already")
        self._checks[name] = check
        if not blocking:
            self._warnings.add(name)

    def liveness(self) -> dict[str, object]:
        """Make the JSON of `/health`: an answer at all says that the process lives."""
        return {"status": _OK, "service": self.service}

    async def readiness(self) -> Readiness:
        """Run all checks at once; one that raises or takes too long counts as a reason."""
        tasks = {name: asyncio.create_task(_run(name, check)) for name, check in self._checks.items()}
        try:
            if tasks:
                # Not wait_for: it would wait for a check that ignores its cancellation.
                await asyncio.wait(tasks.values(), timeout=self._timeout_s)
            results = {name: self._result(name, task) for name, task in tasks.items()}
        finally:
            for task in tasks.values():
                task.cancel()
        self._log_changes(results)
        if results.keys() <= self._warnings:
            results[_START] = "the service is starting"
        ready = all(result == _OK for name, result in results.items() if name not in self._warnings)
        return Readiness(ready, self.service, results)

    def _result(self, name: str, task: "asyncio.Task[str | None]") -> str:
        reason = self._reason(task)
        if reason is None:
            return _OK
        return _WARNING + reason if name in self._warnings else reason

    def _reason(self, task: "asyncio.Task[str | None]") -> str | None:
        if not task.done():
            return f"gave no answer within {self._timeout_s:g} s"
        return "was cancelled" if task.cancelled() else task.result()

    def _log_changes(self, results: dict[str, str]) -> None:
        for name, result in results.items():
            if result == self._last.get(name, _OK):
                continue
            if result == _OK:
                log.info("health check recovered", check=name, service=self.service)
            elif name in self._warnings:
                log.warning("health check warns", check=name, reason=result, service=self.service)
            else:
                log.warning("health check failed", check=name, reason=result, service=self.service)
        self._last = dict(results)


async def _run(name: str, check: Check) -> str | None:
    try:
        return await check()
    except Exception as error:
        # The text of an unforeseen error may hold addresses or credentials: it goes to the log only.
        log.debug("health check raised", check=name, error=repr(error))
        return f"failed with {type(error).__name__}"

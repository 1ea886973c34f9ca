"""Carrying out the plan."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from brickline_dev.wire import Wire
from chaos.faults import BROKER, POSTGRES, Fault, PlannedFault
from chaos.stage import Stage


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """A fault that happened."""

    fault: Fault
    target: str
    at: float
    """When, in seconds of the epoch."""
    over_at: float
    """When the server, or the process, had been started again, or the connection was cut."""


class Injector:
    """Injects faults, side by side, but one at a time into each server and each process."""

    def __init__(self, stage: Stage, tell: Callable[[str], None]) -> None:
        self.injected: list[InjectedFault] = []
        self._stage = stage
        self._tell = tell
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._do: dict[Fault, Callable[[str], Awaitable[None]]] = {
            Fault.KILL_API: self._kill,
            Fault.KILL_WORKER: self._kill,
            Fault.KILL_REPORTING: self._kill,
            Fault.STOP_BROKER: self._stop_broker,
            Fault.KILL_BROKER: self._kill_broker,
            Fault.RESTART_POSTGRES: self._restart_postgres,
            Fault.CRASH_POSTGRES: self._crash_postgres,
            Fault.SEVER_BROKER: lambda service: self._sever(self._stage.to_broker[service]),
            Fault.SEVER_POSTGRES: lambda service: self._sever(self._stage.to_postgres[service]),
        }

    async def inject(self, planned: Sequence[PlannedFault]) -> None:
        """Inject them all; returns when every server has been started again.

        Raises:
            NodeError, EmbeddedError: one could not be started again.

        """
        injections = [asyncio.create_task(self._inject(fault)) for fault in planned]
        try:
            await asyncio.gather(*injections)
        finally:
            for injection in injections:
                injection.cancel()
            await asyncio.gather(*injections, return_exceptions=True)

    async def _inject(self, planned: PlannedFault) -> None:
        await asyncio.sleep(planned.at_s)
        async with self._one_at_a_time[_server_of(planned)]:
            at = time.time()
            self._tell(f"{planned.fault}{_of(planned)}")
            await self._do[planned.fault](planned.target)
            self.injected.append(InjectedFault(planned.fault, planned.target, at, time.time()))

    async def _kill(self, service: str) -> None:
        await self._stage.services[service].kill()

    async def _stop_broker(self, _target: str) -> None:
        await self._stage.node.stop()
        await self._stage.node.start()

    async def _kill_broker(self, _target: str) -> None:
        await self._stage.node.kill()
        await self._stage.node.start()

    async def _restart_postgres(self, _target: str) -> None:
        await self._stage.postgres.stop()
        await self._start_postgres()

    async def _crash_postgres(self, _target: str) -> None:
        await self._stage.postgres.crash()
        await self._start_postgres()

    async def _start_postgres(self) -> None:
        await self._stage.postgres.start()
        self._stage.postgres_has_moved()

    async def _sever(self, wire: Wire) -> None:
        while True:
            if wire.sever():
                return
            await asyncio.sleep(0.05)  # its service is not there just now


def _server_of(planned: PlannedFault) -> str:
    """Return what has to be up for the fault to make a difference."""
    return {Fault.SEVER_BROKER: BROKER, Fault.SEVER_POSTGRES: POSTGRES}.get(planned.fault, planned.target)


def _of(planned: PlannedFault) -> str:
    return f" ({planned.target})" if planned.fault in (Fault.SEVER_BROKER, Fault.SEVER_POSTGRES) else ""

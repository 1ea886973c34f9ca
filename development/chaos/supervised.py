"""A service that is started again whenever it ends, as an orchestrator would."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from brickline_dev.child import Child, Service

_BACK_OFF_S = 0.3
_PROBE_S = 0.1

EndedBy = Literal["kill", "itself before it was ready", "itself"]


@dataclass(frozen=True, slots=True)
class Ended:
    """An end of a process that was followed by a new start."""

    service: str
    at: float
    exit_code: int
    by: EndedBy


class Supervised:
    """One service; its output goes to the file `log`, whatever process wrote it."""

    def __init__(self, service: Service, variables: Mapping[str, str], log: Path) -> None:
        self.service = service
        self.log = log
        self.ends: list[Ended] = []
        self.ready = asyncio.Event()
        """Set while the process that runs now has been ready."""
        self._variables = variables
        self._child: Child | None = None
        self._alive = asyncio.Event()
        self._killed = self._draining = False
        self._supervising: asyncio.Task[int] | None = None

    def start(self) -> None:
        """Start it, and keep it running until `drain`."""
        self._supervising = asyncio.create_task(self._keep_running())

    async def kill(self) -> None:
        """End the process as a power cut would; waits for one if none is running just now."""
        await self._alive.wait()
        self._killed = True
        if self._child is not None:
            await self._child.kill()

    async def drain(self) -> int:
        """Ask it to drain; return its exit code."""
        self._draining = True
        if self._child is not None:
            await self._child.stop()
        return await self._supervising if self._supervising is not None else 0

    async def _keep_running(self) -> int:
        exit_code = 0
        while not self._draining:
            exit_code = await self._run_once()
            if not self._draining:
                self.ends.append(Ended(self.service.name, time.time(), exit_code, self._ended_by()))
                self.ready.clear()
                await asyncio.sleep(_BACK_OFF_S)
        return exit_code

    async def _run_once(self) -> int:
        self._killed = False
        self._child = child = await Child.start(self.service, self._variables, log=self.log)
        self._alive.set()
        becoming_ready = asyncio.create_task(self._become_ready())
        try:
            return await child.ended()
        finally:
            becoming_ready.cancel()
            self._alive.clear()
            await asyncio.shield(child.stop())

    def _ended_by(self) -> EndedBy:
        if self._killed:
            return "kill"
        return "itself" if self.ready.is_set() else "itself before it was ready"

    async def _become_ready(self) -> None:
        while True:
            if await self.unready() is None:
                self.ready.set()
                return
            await asyncio.sleep(_PROBE_S)

    async def unready(self) -> str | None:
        """Ask it now: None, or why it is not ready.

        An answer that tells of no checks comes from a process that is still starting.
        """
        async with httpx.AsyncClient(base_url=self.service.address, trust_env=False, timeout=5) as http:
            try:
                response = await http.get("/health/ready")
            except httpx.TransportError as error:
                return f"does not answer: {error!r}"
        return None if response.is_success and response.json()["checks"] else response.text

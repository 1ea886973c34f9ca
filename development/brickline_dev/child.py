"""One service as a process whose log lines carry its name."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from brickline_dev.guard import Guard
from brickline_dev.ports import LOOPBACK

_DRAIN_S = 40


@dataclass(frozen=True, slots=True)
class Service:
    """What to run: a service's name, its module, its port, and what it answers there."""

    name: str
    module: str
    port: int
    answers: str

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self.port}"

    async def answering(self) -> None:
        """Return once it accepts connections; wait for ever if it does not."""
        while True:
            try:
                _, probe = await asyncio.open_connection(LOOPBACK, self.port)
            except OSError:
                await asyncio.sleep(0.1)
                continue
            probe.close()
            return


class Child:
    """A running service. `start` it before anything else; `stop` lets it drain."""

    def __init__(self, service: Service, process: asyncio.subprocess.Process) -> None:
        self.service = service
        self._process = process
        self._guard = Guard(process.pid)
        self._output = asyncio.create_task(self._copy_output())

    @classmethod
    async def start(
        cls, service: Service, environment: Mapping[str, str], *, log: Path | None = None
    ) -> "Child":
        """Start the service in a session of its own: Ctrl-C reaches us alone, and we stop it in order.

        With `log` its output is added to that file as it is; it is not printed then.
        """
        own = {"BRICKLINE_HOST": LOOPBACK, "BRICKLINE_PORT": str(service.port), "PYTHONUNBUFFERED": "1"}
        with _output(log) as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", service.module),
                env={**os.environ, **environment, **own},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                limit=1024 * 1024,
                start_new_session=True,
            )
        return cls(service, process)

    async def ended(self) -> int:
        """Wait for its end and for the last line of its log; return its exit code."""
        code = await self._process.wait()
        await asyncio.shield(self._output)
        return code

    async def stop(self) -> None:
        """Ask it to drain and wait; end it where that takes over 40 s."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self.ended(), _DRAIN_S)
        except TimeoutError:
            say(self.service.name, f"did not end within {_DRAIN_S} s: killed")
            self._process.kill()
            await self.ended()
        finally:
            self._guard.dismiss()

    async def kill(self) -> None:
        """End it as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self.ended()
        self._guard.dismiss()

    async def _copy_output(self) -> None:
        stream = self._process.stdout
        while stream is not None:
            try:
                line = await stream.readline()
            except ValueError:
                line = b"(a line of over 1 MiB left out)\n"
            if not line:
                return
            say(self.service.name, line.decode(errors="replace").rstrip("\n"))


def _output(log: Path | None) -> AbstractContextManager[BinaryIO | int]:
    """Open the file; without one there is a pipe to read."""
    return log.open("ab") if log else contextlib.nullcontext(asyncio.subprocess.PIPE)


def say(name: str, line: str) -> None:
    """Print a line under a service's name."""
    print(f"{name:<15} | {line}", flush=True)

"""Starts the processes of `support.spender`, and kills them."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from brickline_dev.guard import Guard
from support.spender import Job

_TESTS = Path(__file__).parents[1]


class SpendingProcess:
    """One running `support.spender`; it does not outlive the tests, whatever becomes of them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._guard = Guard(process.pid)

    @classmethod
    async def start(cls, job: Job) -> "SpendingProcess":
        return cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "support.spender", job.as_argument()),
                env={**os.environ, "PYTHONPATH": str(_TESTS)},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
            )
        )

    async def ended(self) -> tuple[int, str, str]:
        """Wait; return its exit code and what it said on stdout and stderr."""
        output, errors = await self._process.communicate()
        self._guard.dismiss()
        assert self._process.returncode is not None
        return self._process.returncode, output.decode(), errors.decode()

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        await self.ended()

"""Runs one contestant's program and reads its answer."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, ValidationError

from benchmarks.environments import python_of
from benchmarks.errors import ContestantFailed
from benchmarks.program import Work

_DEVELOPMENT = Path(__file__).parents[1]
_LAST_WORDS = 2000


class Answer(BaseModel):
    """What a contestant measured, and how it was set."""

    model_config = ConfigDict(frozen=True)

    counted: int
    seconds: float
    marks: tuple[float, ...]
    settings: dict[str, str | int | float]
    versions: dict[str, str]

    @property
    def per_second(self) -> float:
        """Its rate."""
        return self.counted / self.seconds if self.seconds else 0.0


class Running:
    """A contestant's process."""

    def __init__(
        self, program: str, process: asyncio.subprocess.Process, log: BinaryIO, timeout_s: float
    ) -> None:
        self.pid = process.pid
        self._program = program
        self._timeout_s = timeout_s
        self._process = process
        self._log = log

    def terminate(self) -> None:
        """Ask it to drain and answer."""
        self._process.terminate()

    @property
    def has_ended(self) -> bool:
        """Whether it has, whyever."""
        return self._process.returncode is not None

    async def answer(self) -> Answer:
        """Wait for its end. Raises `ContestantFailed`."""
        try:
            output, _ = await asyncio.wait_for(self._process.communicate(), self._timeout_s)
        except TimeoutError:
            said = self._last_words()
            raise ContestantFailed(
                f"{self._program} had not ended in {self._timeout_s:.0f} s:\n{said}"
            ) from None
        words = self._last_words()
        if self._process.returncode:
            raise ContestantFailed(f"{self._program} ended with {self._process.returncode}:\n{words}")
        try:
            return Answer.model_validate_json(output.splitlines()[-1])
        except (IndexError, ValidationError) as error:
            raise ContestantFailed(f"{self._program} gave no answer: {output!r}\n{words}") from error

    def _last_words(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-_LAST_WORDS:]


@asynccontextmanager
async def started(program: str, work: Work, peer: str | None, *, timeout_s: float) -> AsyncIterator[Running]:
    """Start a module as a program, in the peer's environment; whatever is left of it at the end is killed."""
    python = await asyncio.to_thread(python_of, peer)
    # Into a file: a pipe that nobody empties would stop a program that logs a lot.
    with TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *(str(python), "-m", program, work.as_argument()),
            env={**_without_venv(), "PYTHONPATH": str(_DEVELOPMENT)} if peer else None,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield Running(program, process, log, timeout_s)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # its session is its own
                await process.wait()


def _without_venv() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}

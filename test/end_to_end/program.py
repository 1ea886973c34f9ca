"""The product's commands as processes, their output kept in files."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.waiting import eventually

COMMAND = str(Path(sys.executable).parent / "brickline")


def service(module: str) -> list[str]:
    """The command line of one of the services."""
    return [sys.executable, "-m", f"brickline.{module}"]


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """What the machine sets, without its own settings of the product, and `given`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BRICKLINE_")}
    return {**own, "PYTHONUNBUFFERED": "1", "COLUMNS": "120", **given}


@dataclass
class Program:
    """One command, started as often as a test wants, all its output in `folder`."""

    name: str
    command: list[str]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, stdout: int | None = None) -> None:
        with self.path("out").open("ab") as out, self.path("err").open("ab") as err:
            self.process = subprocess.Popen(
                self.command,
                env=environment(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=out if stdout is None else stdout,
                stderr=err,
                start_new_session=True,
            )

    def path(self, stream: str) -> Path:
        return self.folder / f"{self.name}.{stream}"

    def said(self, stream: str = "out") -> str:
        return self.path(stream).read_text() if self.path(stream).exists() else ""

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self, timeout_s: float = 30) -> int:
        """Its exit code, once it has ended."""
        process = self.process
        assert process is not None
        await eventually(lambda: process.poll() is not None, timeout_s)
        return process.returncode

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def stop(self) -> int:
        """Ask it to end; kill it where that takes over 30 s."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.send(signal.SIGTERM)
        try:
            return await self.ended()
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise

"""A private RabbitMQ node, to be used and thrown away."""

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from brickline_dev.errors import NodeError
from brickline_dev.guard import Guard
from brickline_dev.ports import LOOPBACK, answers, free_ports
from brickline_dev.rabbit_files import Ports, environment, find_server, write_files
from brickline_dev.reachable import is_reachable

INSTALL_HINT = "Install it (`apt-get install rabbitmq-server`, or `brew install rabbitmq`)"


class RabbitNode:
    """A node of the installed `rabbitmq-server` that keeps everything in `directory`.

    Its ports are chosen once per instance, so that clients find it again after a restart; it listens on the
    loopback interface only, under a name, a cookie and an epmd of its own. What it holds survives `stop` and
    `kill`, and a later instance on the same directory finds it.
    """

    def __init__(self, directory: Path, *, start_timeout_s: float = 60) -> None:
        self._directory = directory.absolute()
        self._start_timeout_s = start_timeout_s
        self._ports = Ports(*free_ports(3))
        self._epmd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def url(self) -> str:
        """The AMQP URL of the node's default virtual host; the same after a restart."""
        return f"amqp://guest:guest@{LOOPBACK}:{self._ports.amqp}/"

    @property
    def is_running(self) -> bool:
        """Whether the server's process is alive."""
        return self._server is not None and self._server.poll() is None

    async def start(self) -> None:
        """Start the node, or start it again, and return once it serves clients.

        Raises:
            NodeError: it is not installed, ended, or did not serve in time; the end of its log is quoted.

        """
        executable = find_server()
        if executable is None:
            raise NodeError(
                f"No RabbitMQ is installed. {INSTALL_HINT}, or point BRICKLINE_RABBITMQ_URL at one."
            )
        if self.is_running:
            return
        write_files(self._directory, self._ports)
        try:
            self._spawn(executable)
            await self._serving()
        except BaseException:
            await asyncio.shield(self.kill())
            raise

    async def stop(self) -> None:
        """Stop the node in order; everything durable is on disk afterwards."""
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self._server.wait, 30)
            except subprocess.TimeoutExpired:
                await self.kill()
                return
        await self._cleared()

    async def kill(self) -> None:
        """End the node as a power cut would, without a chance to write anything out.

        RabbitMQ 3.10 registers a quorum queue on disk about three seconds after it has been declared; killed
        before, the queue is there after the restart but never has a leader, and every call on it hangs. Wait
        for `has_registered` first, unless that is what you want to see.
        """
        if self._server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(
                    self._server.pid, signal.SIGKILL
                )  # its session is its own: only its helpers are in it
            await asyncio.to_thread(self._server.wait)
        await self._cleared()

    def has_registered(self, queue: str) -> bool:
        """Say whether the quorum queue of this name in the default virtual host would survive `kill`."""
        registers = self._directory.glob("data/*/quorum/*/names.dets")
        return any(f"%2F_{queue}".encode() in register.read_bytes() for register in registers)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(self.stop())

    def _spawn(self, executable: Path) -> None:
        # An epmd of our own, in the foreground: the one Erlang would start stays behind as a daemon.
        variables = environment(self._directory, self._ports)
        port = str(self._ports.epmd)
        self._epmd = _in_background(["epmd", "-address", LOOPBACK, "-port", port], variables, self._output)
        self._server = _in_background([str(executable), "-noinput"], variables, self._output)
        self._guard = Guard(self._server.pid, self._epmd.pid)

    async def _cleared(self) -> None:
        if self._guard is not None:
            self._guard.dismiss()
        if self._epmd is not None:
            self._epmd.kill()  # it keeps nothing
            await asyncio.to_thread(self._epmd.wait)
        self._server = self._epmd = self._guard = None

    async def _serving(self) -> None:
        deadline = time.monotonic() + self._start_timeout_s
        while not (answers(self._ports.amqp) and await is_reachable(self.url)):
            if not self.is_running:
                raise NodeError(f"RabbitMQ in {self._directory} ended while starting.\n{self._last_words()}")
            if time.monotonic() > deadline:
                raise NodeError(
                    f"RabbitMQ in {self._directory} did not serve within {self._start_timeout_s:g} s.\n"
                    f"{self._last_words()}"
                )
            await asyncio.sleep(0.05)

    @property
    def _output(self) -> Path:
        return self._directory / "output.log"

    def _last_words(self) -> str:
        lines: list[str] = []
        for path in (self._output, self._directory / "rabbitmq.log"):
            if path.exists():
                lines += [f"{path}:", *path.read_text(errors="replace").splitlines()[-15:]]
        return "\n  ".join(lines)


def _in_background(command: list[str], variables: dict[str, str], output: Path) -> subprocess.Popen[bytes]:
    with output.open("ab") as log:
        return subprocess.Popen(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=output.parent,
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop it when its clients have drained
        )

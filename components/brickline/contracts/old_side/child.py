"""A process that runs other code than this one, asked and answering line by line."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

_END_S = 5.0
_PROGRAM = Path(__file__).with_name("program.py")
_OWN_COMPONENTS = Path(__file__).parents[3]


class ChildFailed(Exception):
    """Raised when the process says nothing more, or not in time."""


class Child:
    """The process. Its standard error goes to a file, from which the last line is quoted if it fails."""

    def __init__(self, folder: Path, components: str) -> None:
        """Start it in a folder, with the bricks below `components` there in place of the ones here."""
        self._said = folder / "errors.txt"
        paths = (folder / components, _OWN_COMPONENTS, *filter(None, [os.environ.get("PYTHONPATH")]))
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "PYTHONDONTWRITEBYTECODE": "1",  # it imports from the work tree too
        }
        with self._said.open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                [sys.executable, "-P", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                env=environment,
            )
        self._lines: Queue[bytes] = Queue()
        self._reader = Thread(target=self._read, name="old models", daemon=True)
        self._reader.start()

    def answer(self, request: str | None, wait_s: float) -> bytes:
        """Send a line, if there is one to send, and return the next that comes. Raises `ChildFailed`.

        What does not answer in time is killed: its answer would else be taken for the one to the next line.
        """
        stdin = self._process.stdin
        try:
            if request is not None and stdin is not None:
                stdin.write(request.encode() + b"\n")
                stdin.flush()
            line = self._lines.get(timeout=wait_s)
        except Empty as error:
            self._process.kill()
            raise ChildFailed(f"they said nothing for {wait_s:g} s, and were killed") from error
        except OSError as error:
            raise ChildFailed(self._ended()) from error
        if not line:
            self._lines.put(b"")  # nothing will come later either
            raise ChildFailed(self._ended())
        return line

    def close(self) -> None:
        """End the process, by force if it does not end by itself."""
        if self._process.stdin is not None:
            with suppress(OSError):  # it may be gone, with something unsent
                self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_END_S)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(b"")

    def _ended(self) -> str:
        try:
            status = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            status = None
        said = self._said.read_text(errors="replace").strip().rpartition("\n")[2][:300]
        return f"their process ended with status {status}" + (f": {said}" if said else "")

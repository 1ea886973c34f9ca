"""How long an import of the API's base and the command's help take."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.figure import Figure

_RUNS = 9
_BARE = [sys.executable, "-c", "pass"]


def startup() -> Iterator[Figure]:
    """Measure both in fresh interpreters, in turn with a bare one, whose time is taken off the import's."""
    bare, importing, helping = [], [], []
    command = [str(Path(sys.executable).with_name("brickline")), "--help"]
    for _ in range(_RUNS):
        bare.append(_seconds(_BARE))
        importing.append(_seconds([sys.executable, "-c", "import brickline.http_api"]))
        helping.append(_seconds(command))
    yield Figure(
        name="import of the http_api base",
        measured=round(median(importing) - median(bare), 3),
        target=0.7,
        unit="s",
        how=f"median of {_RUNS} fresh interpreters, less a bare interpreter's {median(bare):.3f} s",
    )
    yield Figure(
        name="brickline --help",
        measured=round(median(helping), 3),
        target=0.4,
        unit="s",
        how=f"median of {_RUNS} whole processes",
    )


def _seconds(command: Sequence[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started

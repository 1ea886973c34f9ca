"""How long a newcomer waits: from `git clone` to the first insight, and again in the same clone."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure

_ROOT = Path(__file__).parents[2]
_HOW = "`make demo` from start to end of process, six documents, package cache warm"


def first_insight() -> Iterator[Figure]:
    """Clone the last commit, then run the README's first command there twice."""
    with TemporaryDirectory(prefix="brickline-clone-") as folder:
        started = time.perf_counter()
        subprocess.run(["git", "clone", "--quiet", str(_ROOT), folder], check=True)
        _demo(folder)
        yield _figure("clone to insights", time.perf_counter() - started, 60, f"`git clone` and {_HOW}")
        started = time.perf_counter()
        _demo(folder)
        yield _figure("the second time", time.perf_counter() - started, 6, _HOW)


def _demo(folder: str) -> None:
    # A clone has an environment of its own, whatever environment this runs in.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        ["make", "--silent", "demo", "ARGS=--exit --json --port 0"],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    if len(json.loads(done.stdout)["documents"]) != 6:
        raise RuntimeError(f"the demo did not give six insights: {done.stdout!r}")


def _figure(name: str, seconds: float, target: float, how: str) -> Figure:
    return Figure(name=name, measured=round(seconds, 2), target=target, unit="s", how=how)

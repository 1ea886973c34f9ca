"""The gate's figures."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.contracts import bulk
from benchmarks.contracts.bulk_workspace import BulkWorkspace
from benchmarks.contracts.pairs import PairsOfModels
from benchmarks.errors import ContestantFailed
from benchmarks.figure import Figure, ratio

_ROOT = Path(__file__).parents[3]
_CHECK = [str(Path(sys.executable).with_name("brickline")), "contracts", "check"]
_BASES = [sys.executable, "-c", "import brickline.http_api, brickline.rabbit_worker, brickline.report_api"]
_ROUNDS = 9
_BULK_ROUNDS = 3
_CHANGED = 20


async def contracts() -> AsyncIterator[Figure]:
    """Measure a check of this workspace and of a far larger one, and comparisons beside jsoncompat."""
    for figure in _here():
        yield figure
    for figure in _bulk():
        yield figure
    yield await _beside_jsoncompat()


def _here() -> tuple[Figure, Figure]:
    checks, imports = [], []
    for _ in range(_ROUNDS + 1):
        checks.append(_seconds(_CHECK, _ROOT))
        imports.append(_seconds(_BASES, _ROOT))
    checks, imports = checks[1:], imports[1:]  # the first compiles
    of_imports = f"{median(imports):.2f} s of it to import the bases, which declare what is checked"
    return (
        _wall(
            "contracts check, this workspace", checks, 1, f"median of {_ROUNDS} whole processes; {of_imports}"
        ),
        ratio(
            "contracts check, against the bare imports",
            [1 / seconds for seconds in checks],
            [1 / seconds for seconds in imports],
            at_least=0.5,
            how=f"processes in turn with `python -c import` of the three bases: {median(imports):.2f} s",
        ),
    )


def _bulk() -> tuple[Figure, Figure]:
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        workspace = BulkWorkspace(Path(folder) / "workspace")
        green = [_timed(workspace, 0) for _ in range(_BULK_ROUNDS)]
        workspace.change(range(0, bulk.TOPICS, bulk.TOPICS // _CHANGED))
        broken = [_timed(workspace, 1) for _ in range(_BULK_ROUNDS)]
    size = f"{bulk.TOPICS} topics of {bulk.FIELDS} fields, {bulk.VERSIONS} versions each, imports and all"
    return (
        _wall(f"contracts check, {bulk.TOPICS} topics", green, 10, f"nothing breaks; {size}"),
        _wall(
            f"contracts check, {bulk.TOPICS} topics, {_CHANGED} broken",
            broken,
            10,
            f"a field renamed in {_CHANGED}, each shown by documents that real models reject; {size}",
        ),
    )


async def _beside_jsoncompat() -> Figure:
    pairs = PairsOfModels()
    ours: list[float] = []
    theirs: list[float] = []
    with TemporaryDirectory(prefix="brickline-benchmark-") as folder:
        for _ in range(_BULK_ROUNDS):
            ours.append(pairs.ours())
            theirs.append((await pairs.theirs(Path(folder))).per_second)
    return ratio(
        "comparisons, against jsoncompat",
        ours,
        theirs,
        at_least=0.5,
        how=f"{len(pairs):,} pairs of schemas of {bulk.FIELDS} fields, both ways: {median(ours):,.0f}/s "
        f"against {median(theirs):,.0f}/s; ours with the rule and a rejected document for each break",
    )


def _timed(workspace: BulkWorkspace, code: int) -> float:
    started = time.perf_counter()
    workspace.run("contracts", "check", code=code)
    return time.perf_counter() - started


def _seconds(command: Sequence[str], folder: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise ContestantFailed(
            f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stderr or done.stdout}"
        )
    return seconds


def _wall(name: str, seconds: Sequence[float], target: float, how: str) -> Figure:
    return Figure(
        name=name,
        measured=round(median(seconds), 2),
        target=target,
        unit="s",
        how=how,
        spread=(round(min(seconds), 2), round(max(seconds), 2)),
    )

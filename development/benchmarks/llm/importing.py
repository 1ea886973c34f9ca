"""How long the imports take, ours with every vendor's SDK installed, the peer's with its own."""

import os
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

from benchmarks.environments import python_of
from benchmarks.errors import ComparisonError
from benchmarks.figure import Figure, ratio
from benchmarks.progress import say

_OURS = "import brickline.llm_routing, brickline.llm_providers"
_THEIRS = "import litellm"
_SDKS = ("openai", "anthropic", "google.genai", "xllamacpp", "wordllama")
# As its documentation has it for production; without the first it downloads its price list.
_CHARITABLE = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}


def importing(rounds: int) -> Figure:
    """Measure fresh interpreters in turn, each less a bare one of the same environment.

    Raises `ComparisonError` where an SDK is missing, for then nothing is shown.
    """
    if missing := [name for name in _SDKS if not _is_installed(name)]:
        raise ComparisonError(f"not installed: {', '.join(missing)}. Run `uv sync --all-extras`")
    our_python, their_python = python_of(None), python_of("litellm")
    ours, theirs = [], []
    for number in range(rounds + 1):
        mine = _seconds(our_python, _OURS) - _seconds(our_python, "pass")
        other = _seconds(their_python, _THEIRS) - _seconds(their_python, "pass")
        if number:  # the first compiles
            ours.append(mine)
            theirs.append(other)
            say(f"round {number} of {rounds}: import {mine:.3f} s against {other:.3f} s")
    return ratio(
        "import, against litellm",
        [1 / seconds for seconds in ours],
        [1 / seconds for seconds in theirs],
        at_least=10,
        how=f"llm_routing and llm_providers {min(ours):.3f}..{max(ours):.3f} s, with {', '.join(_SDKS)} "
        f"installed, against litellm {min(theirs):.2f}..{max(theirs):.2f} s, told to download nothing; fresh "
        "interpreters less bare ones",
    )


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _seconds(python: Path, code: str) -> float:
    started = time.perf_counter()
    # Not in this folder: what lies here is not to be found by the import.
    subprocess.run([str(python), "-c", code], check=True, cwd="/", env={**os.environ, **_CHARITABLE})
    return time.perf_counter() - started

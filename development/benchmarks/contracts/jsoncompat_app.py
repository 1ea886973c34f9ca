"""jsoncompat's side: reads pairs of schemas from a file and says whether each change is compatible."""

# Installed in an environment of its own, where mypy does not look.
# mypy: disable-error-code="import-not-found"

import json
import time
from pathlib import Path

import jsoncompat

from benchmarks.contracts.job import Pairs
from benchmarks.program import answer


def main() -> None:
    """Compare every pair, in both roles, and print how long it took."""
    pairs = json.loads(Path(Pairs.from_arguments().file).read_text("utf-8"))
    compatible = 0
    started = time.perf_counter()
    for old, new in pairs:
        compatible += jsoncompat.check_compat(old, new, "both")
    seconds = time.perf_counter() - started
    answer(
        counted=len(pairs),
        seconds=seconds,
        settings={"role": "both", "compatible": compatible},
        packages=["jsoncompat"],
    )


if __name__ == "__main__":
    main()

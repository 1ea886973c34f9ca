"""What is told while a comparison is under way."""

import os
import sys


def say(line: str) -> None:
    """Tell the progress, with the load of the machine over the last minute."""
    print(f"[load {os.getloadavg()[0]:.1f}] {line}", file=sys.stderr, flush=True)

"""What runs on this machine, read from /proc."""

import subprocess
from pathlib import Path


def processes_mentioning(text: str) -> set[int]:
    """Return the living processes with `text` in their command line or environment."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            said = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            dead = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if text.encode() in said and not dead:
            found.add(int(entry.name))
    return found


def listening_addresses(pids: set[int]) -> set[str]:
    """Return the addresses on which any of `pids` listens for TCP connections."""
    lines = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {
        line.split()[3].rpartition(":")[0].strip("[]")
        for line in lines
        if any(f"pid={pid}," in line for pid in pids)
    }

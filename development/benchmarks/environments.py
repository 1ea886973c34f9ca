"""The peers' environments: made once per set of pinned requirements, apart from the workspace's."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from benchmarks.errors import PeerMissing

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / ".brickline" / "benchmarks"
_PINS = Path(__file__).with_name("peers.toml")


def python_of(peer: str | None) -> Path:
    """Return the interpreter that runs a peer, installing it if need be; the workspace's own for None.

    Raises `PeerMissing` when the installer fails.
    """
    if peer is None:
        return Path(sys.executable)
    requirements = pinned()[peer]
    home = _FOLDER / peer
    python, stamp = home / "bin" / "python", home / "requirements.txt"
    wanted = "\n".join([*requirements, f"# Python {sys.version}"])
    if not (python.exists() and stamp.exists() and stamp.read_text() == wanted):
        print(f"installing {', '.join(requirements)} ...", file=sys.stderr, flush=True)
        _uv("venv", "--quiet", "--clear", "--python", sys.executable, str(home))
        _uv("pip", "install", "--quiet", "--python", str(python), *requirements)
        stamp.write_text(wanted)
    return python


def pinned() -> Mapping[str, list[str]]:
    """Return the requirements of every peer."""
    return {peer: table["requirements"] for peer, table in tomllib.loads(_PINS.read_text()).items()}


def installed(peer: str) -> list[str]:
    """Return everything that stands in the peer's environment, as `name==version`."""
    return _uv("pip", "freeze", "--python", str(_FOLDER / peer / "bin" / "python")).split()


def _uv(*arguments: str) -> str:
    """Run the uv that runs us, else the one on the PATH, else the workspace's own."""
    found = os.environ.get("UV") or shutil.which("uv")
    command = [found] if found else ["sh", str(_ROOT / ".ci" / "uv")]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PeerMissing(f"`uv {' '.join(arguments)}` failed:\n{done.stderr.strip()}")
    return done.stdout

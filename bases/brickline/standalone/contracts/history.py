"""What git knows of the snapshots."""

import os
import shutil
import subprocess
from pathlib import Path

from brickline.standalone.contracts.workspace import SNAPSHOTS

_SUFFIX = ".json"
# What git tells its hooks of the repository they run for, which need not be the one asked about.
_OF_A_HOOK = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


def is_git_checkout(root: Path) -> bool:
    """Tell whether git can be asked about the workspace."""
    inside = any((folder / ".git").exists() for folder in (root, *root.parents))
    return inside and shutil.which("git") is not None


def recorded_at(root: Path) -> str:
    """Return the commit that last changed a snapshot: its models are those that are recorded. Else HEAD."""
    return _git(root, "log", "-1", "--format=%H", "--", SNAPSHOTS.as_posix()).strip() or "HEAD"


def committed_topics(root: Path) -> frozenset[str]:
    """Return the topics whose snapshots the last commit has; none where there is no commit to ask."""
    if not is_git_checkout(root):
        return frozenset()
    names = _git(root, "ls-tree", "-z", "--name-only", "HEAD", f"{SNAPSHOTS.as_posix()}/").split("\0")
    return frozenset(Path(name).name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


def _git(root: Path, *arguments: str) -> str:
    """Return what git says; nothing where it fails, such as before the first commit."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_HOOK}
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout if done.returncode == 0 else ""

"""What git knows of the snapshots."""

import shutil
from pathlib import Path

from brickline.contracts import UnknownBase, git_output
from brickline.standalone.contracts.workspace import SNAPSHOTS

_SUFFIX = ".json"


def is_git_checkout(root: Path) -> bool:
    """Tell whether git can be asked about the workspace."""
    inside = any((folder / ".git").exists() for folder in (root, *root.parents))
    return inside and shutil.which("git") is not None


def recorded_at(root: Path) -> str:
    """Return the commit that last changed a snapshot: its models are those that are recorded. Else HEAD."""
    return (_git(root, "log", "-1", "--format=%H", "--", SNAPSHOTS.as_posix()) or "").strip() or "HEAD"


def committed_topics(root: Path) -> frozenset[str] | None:
    """Return the topics whose snapshots the last commit has; None where there is no commit to ask."""
    if not is_git_checkout(root):
        return None
    listed = _git(root, "ls-tree", "-z", "--name-only", "HEAD", f"{SNAPSHOTS.as_posix()}/")
    if listed is None:
        return None
    names = [name for name in listed.split("\0") if name.endswith(_SUFFIX)]
    return frozenset(Path(name).name.removesuffix(_SUFFIX) for name in names)


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git says; None where it fails, such as before the first commit."""
    try:
        return git_output(root, "what is recorded there", *arguments).decode()
    except UnknownBase:
        return None

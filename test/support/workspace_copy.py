"""A copy of this workspace in a repository of its own, for tests that change it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_COMMAND = str(Path(sys.executable).parent / "brickline")
_PARTS = (
    "components",
    "bases",
    "projects",
    "docs",
    "workspace.toml",
    "README.md",
    "pyproject.toml",
    ".gitignore",
)
# No settings of the machine's or the user's, and commits by nobody in particular.
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "Someone",
    "GIT_AUTHOR_EMAIL": "someone@localhost",
    "GIT_COMMITTER_NAME": "Someone",
    "GIT_COMMITTER_EMAIL": "someone@localhost",
}
_NOT_OURS = {".git", "__pycache__"}
SNAPSHOTS = Path("components/brickline/schemas/snapshots")
PAYLOADS = "components/brickline/schemas/payloads.py"


@dataclass(frozen=True)
class WorkspaceCopy:
    """A checkout; every command in it runs its own code."""

    root: Path

    def brickline(
        self, *arguments: str, at: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command in the copy, or in a folder `at` of it."""
        return subprocess.run(
            [_COMMAND, *arguments],
            cwd=at or self.root,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process import the copy's bricks, and leave no compiled files among them."""
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("BRICKLINE_", "GIT_"))
        }
        path = os.pathsep.join((str(self.root / "components"), str(self.root / "bases")))
        return {**own, **_GIT, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}

    def replace(self, file: str, *changes: tuple[str, str]) -> None:
        """Edit a file; each old text must be in it."""
        path = self.root / file
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text, f"{file} has no {old!r}"
            text = text.replace(old, new)
        path.write_text(text, "utf-8")

    def add(self, file: str, text: str) -> None:
        """Write a new file."""
        (self.root / file).write_text(text, "utf-8")

    def commit(self, message: str = "A change") -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def git(self, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """Every file of the work tree with what it holds."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not _NOT_OURS & set(path.relative_to(self.root).parts)
        }


def copy_of_this_workspace(folder: Path) -> WorkspaceCopy:
    """Copy what stands in this work tree, committed or not, and commit it there."""
    folder.mkdir(parents=True)
    for name in _PARTS:
        source = ROOT / name
        if source.is_dir():
            # What is compiled comes along, which spares every command in the copy that time.
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(".brickline"))
        else:
            shutil.copy(source, folder / name)
    copy = WorkspaceCopy(folder)
    copy.git("init", "--quiet", "--initial-branch", "main")
    copy.commit("As it is")
    return copy


def another(copy: WorkspaceCopy, folder: Path) -> WorkspaceCopy:
    """Copy a copy, history and all."""
    shutil.copytree(copy.root, folder, symlinks=True)
    return WorkspaceCopy(folder)

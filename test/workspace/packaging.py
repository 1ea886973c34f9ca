"""What each project ships: its locked libraries, its wheel, and that wheel in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
PROJECTS = sorted(pyproject.parent.name for pyproject in ROOT.glob("projects/*/pyproject.toml"))


@dataclass(frozen=True)
class Project:
    """One folder of `projects/`."""

    name: str

    @property
    def package(self) -> str:
        """The name of its wheel, as uv and the lock know it."""
        return f"brickline-{self.name.replace('_', '-')}"

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return ROOT / "projects" / self.name

    def entry_points(self) -> list[str]:
        """Return its console scripts' targets, as `module:function`."""
        pyproject = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))
        return list(pyproject["project"]["scripts"].values())

    def brick_folders(self) -> dict[str, Path]:
        """Return the folder of each listed brick by its path in the wheel."""
        pyproject = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))
        bricks = pyproject["tool"]["polylith"]["bricks"]
        return {target: (self.folder / source).resolve() for source, target in bricks.items()}


def uv(*arguments: str | Path) -> str:
    """Run uv in the workspace and return its standard output."""
    program = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".uv/bin/uv")
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def locked_requirements(project: Project) -> str:
    """Return all libraries of the project, for every platform, as a requirements file with hashes."""
    return uv("export", "--frozen", "--no-dev", "--no-emit-workspace", "--package", project.package)


def library_names(requirements: str) -> set[str]:
    """Return the normalised names that a requirements file pins."""
    return set(re.findall(r"^([a-z0-9-]+)==", requirements, flags=re.MULTILINE))


def build_wheel(project: Project, folder: Path) -> Path:
    """Build the project's wheel into `folder` and return its path."""
    uv("build", "--wheel", "--package", project.package, "--out-dir", folder)
    [wheel] = folder.glob("*.whl")
    return wheel


def files_in(wheel: Path) -> set[str]:
    """Return the paths in a wheel, its metadata left out."""
    return {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}


def files_of(project: Project) -> set[str]:
    """Return the paths that the project's wheel ought to hold: every file of its bricks, SQL files too."""
    return {
        f"{target}/{file.relative_to(folder).as_posix()}"
        for target, folder in project.brick_folders().items()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def install(wheel: Path, requirements: str, folder: Path) -> Path:
    """Install a wheel and the locked libraries into a new environment; return its interpreter."""
    listing = folder / "requirements.txt"
    listing.write_text(requirements, "utf-8")
    python = folder / "venv/bin/python"
    uv("venv", "--quiet", "--python", sys.executable, folder / "venv")
    uv("pip", "sync", "--quiet", "--python", python, "--require-hashes", listing)
    uv("pip", "install", "--quiet", "--python", python, "--no-deps", wheel)
    return python

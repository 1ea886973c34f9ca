"""The lists of bricks in the pyproject.toml files of a tree, held against its folders and imports."""

from __future__ import annotations

import tomllib
from pathlib import Path

from workspace.imports import bricks_of
from workspace.rules import needed_bricks


def listed_bricks(pyproject: Path) -> set[str]:
    """Return the names under `[tool.polylith.bricks]`."""
    bricks = tomllib.loads(pyproject.read_text("utf-8"))["tool"]["polylith"]["bricks"]
    return {Path(target).name for target in bricks.values()}


def wrong_lists(root: Path) -> list[str]:
    """Bricks that the root or a project lists but does not need, or needs but does not list."""
    bricks = bricks_of(root)
    wrong = _differences("the workspace", listed_bricks(root / "pyproject.toml"), set(bricks))
    for pyproject in sorted((root / "projects").glob("*/pyproject.toml")):
        listed = listed_bricks(pyproject)
        bases = {name for name in listed if name in bricks and bricks[name].kind == "base"}
        name = f"project {pyproject.parent.name!r}"
        wrong += (
            _differences(name, listed, needed_bricks(root, bases)) if bases else [f"{name} lists no base"]
        )
    return wrong


def _differences(owner: str, listed: set[str], needed: set[str]) -> list[str]:
    missing = [f"{owner} does not list {name!r}" for name in sorted(needed - listed)]
    return missing + [f"{owner} lists {name!r} without need" for name in sorted(listed - needed)]

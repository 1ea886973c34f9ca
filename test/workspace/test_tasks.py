"""`brickline route tasks` lists every task: one that it lacks could not be explained or simulated."""

import importlib
import json
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

from brickline.llm_routing import Task
from brickline.standalone.route.run import list_tasks

_MAKES_A_TASK = re.compile(r"\bTask(\[\w+\])?\(")
COMPONENTS = Path(__file__).parents[2] / "components" / "brickline"


def tasks_of(brick: str) -> dict[int, Task[Any]]:
    """Every `Task` that a module of the brick has at its top level, by identity."""
    package = importlib.import_module(f"brickline.{brick}")
    names = [found.name for found in pkgutil.walk_packages(package.__path__, f"brickline.{brick}.")]
    modules = [package, *map(importlib.import_module, names)]
    return {
        id(value): value for module in modules for value in vars(module).values() if isinstance(value, Task)
    }


def bricks_with_a_task() -> list[str]:
    """Bricks whose source has a `Task(`; importing all others would take long."""
    return [
        folder.name
        for folder in sorted(COMPONENTS.iterdir())
        if any(_MAKES_A_TASK.search(file.read_text("utf-8")) for file in folder.rglob("*.py"))
    ]


def test_every_task_of_every_brick_is_listed_under_its_brick(capsys: pytest.CaptureFixture[str]) -> None:
    defined = {
        (task.name, task.version, brick)
        for brick in bricks_with_a_task()
        for task in tasks_of(brick).values()
    }
    assert list_tasks(as_json=True) == 0
    listed = [
        (task["name"], task["version"], task["brick"])
        for task in json.loads(capsys.readouterr().out)["tasks"]
    ]
    assert defined
    assert sorted(listed) == sorted(defined)


def test_each_task_has_a_name_of_its_own() -> None:
    names = [task.name for brick in bricks_with_a_task() for task in tasks_of(brick).values()]
    assert len(names) == len(set(names))

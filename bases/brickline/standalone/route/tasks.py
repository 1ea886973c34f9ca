"""Every task there is. Each is defined in its domain's brick, and listed here under the brick's name."""

from collections.abc import Mapping
from typing import Any

from brickline.analysis import TASKS as OF_ANALYSIS
from brickline.llm_routing import Task
from brickline.standalone.wrong_option import WrongOption

TASKS: Mapping[str, tuple[Task[Any], ...]] = {"analysis": OF_ANALYSIS}
"""The tasks of each brick."""


def task_named(name: str) -> Task[Any]:
    """Return a task. Raises `WrongOption`."""
    known = {task.name: task for tasks in TASKS.values() for task in tasks}
    if name not in known:
        raise WrongOption(f"There is no task {name!r}; there is {', '.join(sorted(known))}.")
    return known[name]

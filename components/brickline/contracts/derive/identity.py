"""A name for what a model calls, such that another name means that it may do something else."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any

from brickline.contracts.derive.canonical import Canonical, of_class
from brickline.contracts.derive.libraries import module_of


def identity(called: Callable[..., Any], owner: type | None = None) -> str:
    """Return module and name, and a digest of the code, of the values it holds, and of what it names.

    What it names counts if it is of the workspace: functions and classes with their own code, data with what
    it is now. What a library brings counts by its name. `owner` is the class whose attributes it may name.
    The same in every process, whatever the order of its sets.
    """
    text = Canonical().called(called, owner)
    name = _name(called)
    return f"{name}#{sha256(text.encode(errors='surrogatepass')).hexdigest()[:12]}" if text else name


def _name(called: object) -> str:
    if isinstance(called, partial):
        return f"{_name(called.func)}(...)"
    held = getattr(called, "__self__", None)
    if not hasattr(called, "__qualname__"):
        return of_class(type(called))
    called = getattr(called, "__func__", called)
    name = str(called.__qualname__)  # type: ignore[attr-defined]  # asked for above
    if getattr(called, "__module__", None) is None and held is not None:
        return f"{(held if isinstance(held, type) else type(held)).__module__}.{name}"
    return f"{getattr(called, '__module__', None) or module_of(called)}.{name}"

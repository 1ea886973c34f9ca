"""Values, functions and classes put in words: equal in every process, different if they are."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from pathlib import PurePath
from re import Pattern
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    MappingProxyType,
    MethodType,
    MethodWrapperType,
    ModuleType,
)
from typing import Any, get_args, get_origin
from uuid import UUID

from brickline.contracts.derive.attributes import attributes_of, state_of
from brickline.contracts.derive.code import code_of, shape_of_module
from brickline.contracts.derive.libraries import is_foreign, is_stable, module_of

_PLAIN = frozenset(
    {bool, int, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range}
)
_TOLD = (Decimal, date, time, timedelta, timezone, UUID, Fraction, PurePath)
"""What says in its `repr` all there is."""
_IDLE = frozenset(
    {
        "logging",
        "structlog",
        "threading",
        "_thread",
        "weakref",
        "_weakref",
        "_weakrefset",
        "contextvars",
        "_contextvars",
    }
)
"""Whose objects have no say in what is read, and a state that is another in each process."""

Names = frozenset[str]
_NONE: Names = frozenset()


def of_class(cls: type) -> str:
    """Return module and name."""
    return f"{cls.__module__}.{cls.__qualname__}"


class Canonical:
    """One text, in which what occurs again is told by the place where it occurred first."""

    def __init__(self, seen: Mapping[tuple[int, object], int] | None = None) -> None:
        self._seen = dict(seen or {})
        self._kept: list[object] = []  # so that no other takes its place in memory
        self._home = ""

    def called(self, called: Callable[..., Any], owner: type | None = None) -> str:
        """Return all that decides what something callable does, its own name aside."""
        match called:
            case partial():
                return self._row([called.func, called.args, called.keywords])
            case MethodType():
                held, function = called.__self__, called.__func__
                if isinstance(held, type):
                    return self.called(function, held)
                return f"{self.value(held)} {self.called(function, type(held))}"
            case BuiltinFunctionType() | MethodWrapperType():
                held = called.__self__
                foreign = isinstance(held, type) and is_foreign(held.__module__)
                return "" if foreign or isinstance(held, ModuleType | None) else self.value(held)
            case FunctionType():
                return self._function(called, owner)
            case type():
                return self._class(called)
        if hasattr(called, "__objclass__"):  # such as `str.lower`
            return ""
        wrapped = getattr(called, "__wrapped__", None)
        return self.called(wrapped, owner) if isinstance(wrapped, FunctionType) else self.value(called)

    def value(self, value: object, names: Names = _NONE) -> str:
        """Return what a value is; of a class of the workspace, no more than the attributes of these names."""
        if type(value) in _PLAIN:
            return f"{type(value).__name__} {value!r}"
        if isinstance(value, Enum):
            return f"{of_class(type(value))}.{value.name} {self.value(value.value)}"
        if isinstance(value, tuple) and type(value) is tuple:
            return self._row(value, names)
        if isinstance(value, set | frozenset) and type(value) in (set, frozenset):
            # Each for itself, for they come in another order each time.
            return f"{{{', '.join(sorted(self._apart(each, names) for each in value))}}}"
        if isinstance(value, Pattern):
            return f"pattern {value.pattern!r} {value.flags}"
        if isinstance(value, _TOLD) and is_stable(type(value).__module__):
            return repr(value)
        if isinstance(value, ModuleType):
            return self._module(value, names)
        if get_origin(value) is not None:
            return f"{self.value(get_origin(value))}{self._row(get_args(value), names)}"
        if not isinstance(value, type) and callable(value) and hasattr(value, "__qualname__"):
            return f"{module_of(value)}.{value.__qualname__} {self.called(value)}"
        return self._once(value, names) or self._of_parts(value, names)

    def _of_parts(self, value: object, names: Names) -> str:
        kind = type(value)
        if isinstance(value, list | deque) and kind in (list, deque):
            return f"{kind.__name__} {self._row(value, names)}"
        if isinstance(value, dict | MappingProxyType) and kind in (dict, MappingProxyType):
            return f"dict {self._row(value.items(), names)}"
        if isinstance(value, type):
            return f"{of_class(value)} {self._class(value, names)}"
        if kind.__module__.partition(".")[0] in _IDLE:
            return of_class(kind)
        try:
            state = state_of(value)
        except Exception:  # there are as many reasons as there are classes
            return f"{of_class(kind)} of {shape_of_module(self._home or kind.__module__)}"
        return f"{of_class(kind)} {self.value(state, names)}"

    def _once(self, value: object, within: object) -> str:
        """Return where something was met before, and remember that it was met now."""
        key = (id(value), within)
        if key in self._seen:
            return f"again {self._seen[key]}"
        self._seen[key] = len(self._seen)
        self._kept.append(value)
        return ""

    def _apart(self, value: object, names: Names) -> str:
        other = Canonical(self._seen)
        other._home = self._home
        return other.value(value, names)

    def _row(self, values: Iterable[object], names: Names = _NONE) -> str:
        return f"[{', '.join(self.value(each, names) for each in values)}]"

    def _function(self, function: FunctionType, owner: type | None) -> str:
        if again := self._once(function, owner):
            return again
        module = module_of(function)
        if is_stable(module):
            return self._row(_closure(function)) if function.__closure__ else ""
        before, self._home = self._home, module
        code = code_of(function)
        names = code.names if code else frozenset(_names(function.__code__))
        parts = [code.shape if code else self._compiled(function.__code__)]
        parts += [self._row(_closure(function), names), self._row(_defaults(function), names)]
        if not is_foreign(module):
            world = function.__globals__
            parts += [f"{name}={self.value(world[name], names)}" for name in sorted(names & world.keys())]
            parts += [self._class(owner, names, whole=False)] if owner else []
        self._home = before
        return "\n".join(parts)

    def _class(self, cls: type, names: Names = _NONE, *, whole: bool = True) -> str:
        """Return the attributes of these names; of the whole also how it is made, and what operators do."""
        found: list[str] = []
        for name, value in attributes_of(cls, names, whole=whole):
            text = self._function(value, cls) if isinstance(value, FunctionType) else self.value(value, names)
            found.append(f"{name}={text}")
        return "\n".join(found)

    def _module(self, module: ModuleType, names: Names) -> str:
        if is_foreign(module.__name__):
            return module.__name__
        found = [name for name in sorted(names) if name in vars(module)]
        if again := self._once(module, names):
            return again
        return f"{module.__name__} {self._row(((name, vars(module)[name]) for name in found), names)}"

    def _compiled(self, code: CodeType) -> str:
        """Return what was made at run time, without a source."""
        inner = [self._compiled(each) for each in code.co_consts if isinstance(each, CodeType)]
        plain = [each for each in code.co_consts if not isinstance(each, CodeType)]
        return f"{code.co_code.hex()} {code.co_names} {self._row(plain)} {inner}"


def _closure(function: FunctionType) -> Iterator[object]:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name == "__class__":  # which `super` asks for
            continue
        try:
            yield cell.cell_contents
        except ValueError:
            yield "unbound"  # a name that is bound later


def _defaults(function: FunctionType) -> Iterator[object]:
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).items()


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)

"""A name for a function, such that another name means that it may do something else."""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from inspect import getsource
from textwrap import dedent
from types import CodeType, FunctionType
from typing import Any

_LIBRARIES = sys.stdlib_module_names | {
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "pydantic_extra_types",
}
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_PLAIN = (type(None), bool, int, float, str, bytes, tuple, frozenset, re.Pattern)


Within = tuple[FunctionType, ...]


def identity(called: Callable[..., Any], within: Within = ()) -> str:
    """Return module, name, and a digest of the source, of the values it encloses, and of what it names.

    Layout and comments do not count. Functions and plain values of the same module count with what they are
    now; what is reached through something else, as a method or another module, by its name alone. So does a
    library's function. `within` are the functions that name this one.
    """
    if isinstance(called, partial):
        given = [*called.args, *called.keywords.items()]
        return f"{identity(called.func, within)}({', '.join(_value(each, within) for each in given)})"
    function = getattr(called, "__func__", called)
    if not isinstance(function, FunctionType):
        name = getattr(function, "__qualname__", None)
        return f"{function.__module__}.{name}" if name else _value(function, within)
    name = f"{function.__module__}.{function.__qualname__}"
    if function in within:
        return name
    within = (*within, function)
    parts = [_value(value, within) for value in _enclosed(function)]
    if not of_library(function):
        parts += [*(_value(value, within) for value in _named(function)), _source(function)]
    return f"{name}#{sha256(chr(0).join(parts).encode()).hexdigest()[:12]}" if parts else name


def of_library(called: object) -> bool:
    """Whether a function comes with Python or pydantic, and so changes with neither side's code."""
    return str(getattr(called, "__module__", "")).partition(".")[0] in _LIBRARIES


def _enclosed(function: FunctionType) -> Iterator[object]:
    """Yield default arguments and the closure."""
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # still empty: a name that is bound later
            yield "unbound"


def _named(function: FunctionType) -> Iterator[object]:
    """Yield the plain values and the functions of its module that the function names."""
    for name in sorted(_names(function.__code__)):
        if isinstance(value := function.__globals__.get(name), (*_PLAIN, FunctionType)):
            yield value


def _names(code: CodeType) -> set[str]:
    """Return the names in the code and what it holds: in some Pythons a comprehension is code of its own."""
    return set(code.co_names).union(*(_names(part) for part in code.co_consts if isinstance(part, CodeType)))


def _value(value: object, within: Within) -> str:
    match value:
        case type():
            return f"{value.__module__}.{value.__qualname__}"
        case frozenset():  # in an order that is the same in every process
            return f"frozenset({sorted(_value(each, within) for each in value)})"
        case re.Pattern():  # whose repr leaves the end of a long one out
            return f"{value.pattern!r} {value.flags}"
    if isinstance(value, FunctionType | partial) or hasattr(value, "__func__"):
        return identity(value, within)  # type: ignore[arg-type]  # a bound method is callable; hasattr does not say
    return _ADDRESS.sub("", repr(value))


def _source(function: FunctionType) -> str:
    """Return the code without its layout, comments and docstring: the same under every Python."""
    try:
        source = dedent(getsource(function))
    except (OSError, TypeError):
        return function.__code__.co_code.hex()  # made at run time: no source to be had
    try:
        return _shape(ast.parse(source))
    except SyntaxError:  # a lambda in the middle of a statement, of which the lines are no statement
        return source


def _shape(part: object) -> str:
    """Write a syntax tree down. Not `ast.dump`, which each Python words otherwise."""
    match part:
        case ast.AST():
            fields = ((name, value) for name, value in ast.iter_fields(part) if value not in (None, []))
            return f"{type(part).__name__}({','.join(f'{name}={_shape(value)}' for name, value in fields)})"
        case [ast.Expr(ast.Constant(str())), *code]:
            return _shape(code)
        case list():
            return f"[{','.join(map(_shape, part))}]"
    return repr(part)

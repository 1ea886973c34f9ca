"""A name for a function, such that another name means that it may do something else."""

import io
import re
import sys
import tokenize
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from inspect import getsource
from textwrap import dedent
from types import FunctionType
from typing import Any

_LIBRARIES = sys.stdlib_module_names | {
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "pydantic_extra_types",
}
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_PLAIN = (type(None), bool, int, float, str, bytes, tuple, frozenset, re.Pattern)


def identity(called: Callable[..., Any]) -> str:
    """Return module, name, and a digest of the source and of the values that it encloses.

    Layout and comments do not count. Of what the function calls only the names count: a changed helper is not
    seen. A library's functions go by name alone.
    """
    if isinstance(called, partial):
        return f"{identity(called.func)}({', '.join(map(_value, [*called.args, *called.keywords.items()]))})"
    function = getattr(called, "__func__", called)
    if not isinstance(function, FunctionType):
        name = getattr(function, "__qualname__", None)
        return f"{function.__module__}.{name}" if name else _value(function)
    name = f"{function.__module__}.{function.__qualname__}"
    parts = [_value(value) for value in _enclosed(function)]
    if not of_library(function):
        parts += [*map(_value, _constants(function)), _source(function)]
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


def _constants(function: FunctionType) -> Iterator[object]:
    """Yield the plain values of its module that the function names."""
    for name in function.__code__.co_names:
        if isinstance(value := function.__globals__.get(name), _PLAIN):
            yield value


def _value(value: object) -> str:
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, FunctionType | partial) or hasattr(value, "__func__"):
        return identity(value)  # type: ignore[arg-type]  # a bound method is callable; hasattr does not say so
    return _ADDRESS.sub("", repr(value))


def _source(function: FunctionType) -> str:
    try:
        tokens = tokenize.generate_tokens(io.StringIO(dedent(getsource(function))).readline)
        return "".join("".join(token.string.split()) for token in tokens if token.type not in _SKIPPED)
    except (OSError, TypeError, tokenize.TokenError, SyntaxError):
        return function.__code__.co_code.hex()  # made at run time: no source to be had

"""The texts that an upcaster's own code names: what it splits by, looks for and compares with."""

from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from brickline.contracts.contract import Contract
from brickline.schemas import Payload

_MOST = 5
"""How many are of use: beyond it there would be more documents than there is time for."""
_LONGEST = 40


def texts_of_upcasters(old: Contract, model: type[Payload]) -> tuple[str, ...]:
    """Return what the upcasters from a version on may stumble over: a few texts of theirs.

    The name of a field is none of them: it is looked for as a name.
    """
    steps = [model.upcasters[start] for start in model.readable()[:-1] if start >= old.version]
    found = dict.fromkeys(text for step in steps for text in _texts(step))
    if found:
        fields = {*model.model_fields, *_names(old.writer.document)}
        found = {text: None for text in found if text not in fields}
    return tuple(found)[:_MOST]


def _names(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from part.get("properties", ())
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _names(each)


def _texts(function: Callable[..., Any]) -> Iterator[str]:
    """Yield those of a function, of those of its module that it calls, and of the module's tables."""
    seen: set[FunctionType] = set()
    ahead: list[object] = [function]
    while ahead:
        each = ahead.pop(0)
        if not isinstance(each, FunctionType) or each in seen:
            continue
        seen.add(each)
        for code in _codes(each.__code__):
            yield from _plain([known for known in code.co_consts if known != each.__doc__])
            for value in (each.__globals__[name] for name in code.co_names if name in each.__globals__):
                yield from _plain(value)
                if isinstance(value, FunctionType) and value.__globals__ is each.__globals__:
                    ahead.append(value)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _plain(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if 0 < len(value) <= _LONGEST:
            yield value
    elif isinstance(value, Mapping):
        yield from _plain([*value, *value.values()])
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _plain(each)
    elif isinstance(value, set | frozenset):
        yield from _plain(sorted(each for each in value if isinstance(each, str)))

"""The attributes of classes and the state of instances, as far as they decide what code does with them."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cached_property
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType
from typing import Any

from brickline.contracts.derive.code import code_of
from brickline.contracts.derive.libraries import is_foreign

_FIELD = (
    "annotation",
    "default",
    "default_factory",
    "alias",
    "validation_alias",
    "metadata",
    "discriminator",
)


def attributes_of(cls: type, names: frozenset[str], *, whole: bool) -> Iterator[tuple[str, Any]]:
    """Yield what a class and its bases of the workspace have under these names, by name.

    Of the `whole`, also the members of an enum, the fields of a model, and methods that nobody calls by name.
    """
    own = [each for each in cls.__mro__ if not is_foreign(each.__module__)]
    if not own:
        return
    found: dict[str, Any] = {}
    for base in reversed(own):
        for name, value in vars(base).items():
            if _counts(name, value, names, whole):
                found[name] = _bare(value)
        private = vars(base).get("__private_attributes__", {})
        found |= {
            name: (each.default, each.default_factory) for name, each in private.items() if name in names
        }
    for name in _fields(cls):
        found.pop(name, None)  # what is a field has a schema of its own
    yield from sorted(found.items())
    if whole:
        yield from _made_of(cls)


def _counts(name: str, value: object, names: frozenset[str], whole: bool) -> bool:
    if isinstance(value, GetSetDescriptorType | MemberDescriptorType):
        return False
    special = name.startswith("__") and name.endswith("__")
    if special:  # how it is made and what operators do, unless it was generated
        return (whole or name in names) and isinstance(value, FunctionType) and code_of(value) is not None
    return name in names


def _bare(value: Any) -> Any:
    """Take away what makes a method of a function."""
    match value:
        case classmethod() | staticmethod():
            return value.__func__
        case property():
            return value.fget
        case cached_property():
            return value.func
    return getattr(value, "wrapped", value) if type(value).__name__ == "PydanticDescriptorProxy" else value


def _fields(cls: type) -> set[str]:
    known = set(getattr(cls, "__pydantic_fields__", ()))
    return known | ({each.name for each in fields(cls)} if is_dataclass(cls) else set())


def _made_of(cls: type) -> Iterator[tuple[str, Any]]:
    if issubclass(cls, Enum):
        yield from ((name, each.value) for name, each in cls.__members__.items())
    for name, each in getattr(cls, "__pydantic_fields__", {}).items():
        yield name, [getattr(each, key, None) for key in _FIELD]
    if is_dataclass(cls) and not hasattr(cls, "__pydantic_fields__"):
        for field in fields(cls):
            made = field.default_factory if field.default_factory is not MISSING else field.default
            yield field.name, None if made is MISSING else made


def state_of(value: object) -> object:
    """Return what an instance holds, as it would be copied. Raises whatever keeps it from being copied."""
    made = value.__reduce_ex__(4)
    if isinstance(made, str):
        return made
    how, given, state, *items = (*made, None, None, None)[:5]
    name = getattr(how, "__qualname__", "")
    return [name, given, _without_caches(type(value), state), *(each and list(each) for each in items)]


def _without_caches(cls: type, state: object) -> object:
    """Leave out what an instance works out once it is asked: it may or may not have been."""
    if isinstance(state, tuple):
        return tuple(_without_caches(cls, each) for each in state)
    if not isinstance(state, dict):
        return state
    return {
        key: each
        for key, each in sorted(state.items(), key=lambda item: str(item[0]))
        if not isinstance(getattr(cls, str(key), None), cached_property)
    }

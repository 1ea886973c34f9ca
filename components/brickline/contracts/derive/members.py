"""What may be a member of a set, and what may be the key of a map."""

from collections.abc import Callable, Iterator
from enum import Flag

from brickline.contracts.derive.walk import Core, Walk

_UNHASHABLE = frozenset(
    {"any", "list", "deque", "set", "dict", "typed-dict", "json", "is-instance", "generator"}
)
_NO_KEYS = frozenset(
    {
        *("none", "nullable", "list", "deque", "set", "frozenset", "tuple", "dict", "typed-dict", "json"),
        *("model", "dataclass", "tagged-union", "named-tuple"),
    }
)


def hashable(walk: Walk, core: Core) -> bool:
    """Whether all that is read as an item of a set can be one."""
    return all(_hashable(each) for each in _leaves(walk, core, ("tuple", "frozenset")))


def _hashable(core: Core) -> bool:
    if core["type"] in ("model", "dataclass"):
        return getattr(core["cls"], "__hash__", None) is not None
    return core["type"] not in _UNHASHABLE


def readable_key(walk: Walk, core: Core) -> bool:
    """Whether a key is read from the text that it is written as."""
    return all(_readable_key(each) for each in _leaves(walk, core, ()))


def _readable_key(core: Core) -> bool:
    if core["type"] == "literal":
        return all(isinstance(getattr(each, "value", each), str) for each in core["expected"])
    if core["type"] == "enum":
        if issubclass(core["cls"], Flag):  # of whose combinations no key is read
            return False
        whole = core.get("sub_type") == "int"
        return all(isinstance(each.value, int if whole else str) for each in core["members"])
    return core["type"] not in _NO_KEYS


def _leaves(
    walk: Walk, core: Core, through: tuple[str, ...], within: frozenset[str] = frozenset()
) -> Iterator[Core]:
    """Yield the types that a value may turn out to be of."""

    def each_of(*parts: Core) -> Iterator[Core]:
        for part in parts:
            yield from _leaves(walk, part, through, within)

    kind = core["type"]
    if kind == "definition-ref":
        name = core["schema_ref"]
        if name not in within:
            yield from _leaves(walk, walk.definitions[name], through, within | {name})
    elif kind in ("tuple", "frozenset") and kind in through:
        items = core.get("items_schema") or {"type": "any"}
        yield from each_of(*(items if isinstance(items, list) else [items]))
    elif kind in _INNER and (through or kind not in _NO_KEYS):
        yield from each_of(*_INNER[kind](core))
    else:
        yield core


def _choices(core: Core) -> list[Core]:
    choices = core["choices"]
    rows = choices.values() if isinstance(choices, dict) else choices
    return [each[0] if isinstance(each, tuple) else each for each in rows]


_WRAPPERS = ("default", "function-before", "function-after", "function-wrap", "custom-error", "definitions")
_INNER: dict[str, Callable[[Core], list[Core]]] = {
    **dict.fromkeys((*_WRAPPERS, "nullable"), lambda core: [core["schema"]]),
    **dict.fromkeys(("union", "tagged-union"), _choices),
    "chain": lambda core: [core["steps"][-1]],
    "json-or-python": lambda core: [core["json_schema"]],
    "lax-or-strict": lambda core: [core["lax_schema"]],
}

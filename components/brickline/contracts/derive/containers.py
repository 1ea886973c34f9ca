"""Lists, tuples, sets and maps."""

from brickline.contracts.derive.members import hashable, readable_key
from brickline.contracts.derive.walk import Core, Handler, Walk
from brickline.contracts.nodes import Node

_ITEMS = (("min_length", "minItems"), ("max_length", "maxItems"))
_MEMBERS = (("min_length", "minProperties"), ("max_length", "maxProperties"))


def _bounds(core: Core, words: tuple[tuple[str, str], ...]) -> dict[str, int]:
    return {word: core[key] for key, word in words if core.get(key) is not None}


def _list(walk: Walk, core: Core) -> Node:
    return {
        "type": "array",
        "items": walk.node(core.get("items_schema") or {"type": "any"}),
        **_bounds(core, _ITEMS),
    }


def _set(walk: Walk, core: Core) -> Node:
    if not hashable(walk, core.get("items_schema") or {"type": "any"}):
        raise walk.unrepresentable("a set of what may be a list or a map is not read: say what is in it")
    return {**_list(walk, core), "uniqueItems": True}


def _tuple(walk: Walk, core: Core) -> Node:
    parts, rest = list(core["items_schema"]), core.get("variadic_item_index")
    if rest is None:
        return {
            "type": "array",
            "prefixItems": [walk.node(part) for part in parts],
            "minItems": len(parts),
            "maxItems": len(parts),
        }
    if rest != len(parts) - 1:
        raise walk.unrepresentable("a tuple whose open part is not its last has no schema")
    first = [walk.node(part) for part in parts[:rest]]
    node = {"type": "array", "items": walk.node(parts[rest]), **_bounds(core, _ITEMS)}
    if not first:
        return node
    return {**node, "prefixItems": first, "minItems": max(len(first), core.get("min_length") or 0)}


def _map(walk: Walk, core: Core) -> Node:
    if not readable_key(walk, core.get("keys_schema") or {"type": "any"}):
        raise walk.unrepresentable("the keys of the map are not read from what they are written as")
    return {
        "type": "object",
        "propertyNames": walk.node(core.get("keys_schema") or {"type": "any"}),
        "additionalProperties": walk.node(core.get("values_schema") or {"type": "any"}),
        **_bounds(core, _MEMBERS),
    }


HANDLERS: dict[str, Handler] = {
    "list": _list,
    "deque": _list,
    "set": _set,
    "frozenset": _set,
    "tuple": _tuple,
    "dict": _map,
}

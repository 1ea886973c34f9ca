"""Whether a schema accepts a document: the judge where there is no real model to ask."""

import json
from typing import Literal

from pydantic import JsonValue

from brickline.contracts.nodes import Node, checks_of, resolved, text_of
from brickline.contracts.witness.leaves import leaf_reads, leaf_writes

Mode = Literal["writes", "reads", "may read"]
"""Whether a writer may write a document, a reader surely takes it, or a reader might take it.

The last two differ where pydantic converts in ways that depend on the type behind the schema: `1` read as
`true`, a duplicate dropped from a set, a validator that runs before the type is looked at.
"""

_OPEN = ("before ", "wrap ", "plain ", "then ")


def accepts(node: Node, defs: Node, value: JsonValue, mode: Mode) -> bool:
    """Whether a value is written or read, conditions known by name aside."""
    node = resolved(node, defs)
    if mode == "may read" and any(check.startswith(_OPEN) for check in checks_of(node)):
        return True
    if "anyOf" in node:
        return any(accepts(member, defs, value, mode) for member in node["anyOf"])
    if "oneOf" in node:
        return _tagged(node, defs, value, mode)
    if "enum" in node:
        return any(_same(value, each, mode) for each in node["enum"])
    match node.get("type"):
        case "array":
            return isinstance(value, list) and _array(node, defs, value, mode)
        case "object":
            return isinstance(value, dict) and _object(node, defs, value, mode)
    return leaf_reads(node, value) if mode != "writes" else leaf_writes(node, value)


def _tagged(node: Node, defs: Node, value: JsonValue, mode: Mode) -> bool:
    if not isinstance(value, dict):
        return False
    for name in (node["discriminator"]["propertyName"], *node.get("x-also", ())):
        if name in value:
            mapping = node["discriminator"]["mapping"].items()
            members = [member for tag, member in mapping if _same(value[name], json.loads(tag), mode)]
            return any(accepts(member, defs, value, mode) for member in members)
    return False


def _array(node: Node, defs: Node, value: list[JsonValue], mode: Mode) -> bool:
    if not _length_fits(node, value, mode):
        return False
    first = node.get("prefixItems", [])
    rest = [node.get("items", {})] * (len(value) - len(first))
    return all(accepts(part, defs, item, mode) for part, item in zip([*first, *rest], value, strict=False))


def _length_fits(node: Node, value: list[JsonValue], mode: Mode) -> bool:
    least, most = node.get("minItems", 0), node.get("maxItems", len(value))
    if not node.get("uniqueItems"):
        return bool(least <= len(value) <= most)
    # A set is read without its duplicates, and what counts as one depends on the type of its items.
    distinct = len({text_of(item) for item in value})
    if mode == "writes":
        return bool(distinct == len(value) and least <= len(value) <= most)
    if mode == "reads":
        kept = len(value) if distinct == len(value) else 1
        return bool(least <= kept and len(value) <= most)
    return bool(least <= distinct <= most)


def _object(node: Node, defs: Node, value: dict[str, JsonValue], mode: Mode) -> bool:
    if not node.get("minProperties", 0) <= len(value) <= node.get("maxProperties", len(value)):
        return False
    read: set[str] = set()
    for name, part in node.get("properties", {}).items():
        present = [each for each in (name, *part.get("x-names", ())) if each in value]
        read.update(present)
        if not present and name in node.get("required", ()):
            return False
        if present and not accepts(part, defs, value[present[0]], mode):
            return False
    others, names = node.get("additionalProperties", {}), node.get("propertyNames", {})
    return all(
        others is not False and accepts_key(names, defs, name, mode) and accepts(others, defs, each, mode)
        for name, each in value.items()
        if name not in read
    )


def accepts_key(names: Node, defs: Node, name: str, mode: Mode = "reads") -> bool:
    """Whether a map takes a key. One that is no string is written as its JSON, and read from many forms."""
    constants = [each for each in resolved(names, defs).get("enum", ()) if not isinstance(each, str)]
    if constants and mode != "reads":
        return mode == "may read" or name in map(text_of, constants) or accepts(names, defs, name, mode)
    return accepts(names, defs, name, "may read" if mode == "may read" else "reads")


def _same(value: JsonValue, member: JsonValue, mode: Mode) -> bool:
    if text_of(value) == text_of(member):
        return True
    # A boolean, a number and its digits may all stand for one another.
    return mode == "may read" and _number(value) is not None and _number(value) == _number(member)


def _number(value: JsonValue) -> float | None:
    try:
        return float(value) if isinstance(value, bool | int | float | str) else None
    except ValueError:
        return None

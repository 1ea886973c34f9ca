"""The dialect of JSON Schema in which payloads are compared, and the helpers that every part needs.

A schema says all there is: `additionalProperties` is always stated, a constant is an `enum` of one, the keys
of a map are its `propertyNames`, and `uniqueItems` is a set, which drops duplicates when it is read. What has
no word in JSON Schema stands under words of our own:

- `x-checks`: conditions known by name alone (a validator, a time zone, a rounding). A reader's checks hold of
  a document only if its writer made the same ones.
- `x-strict`: a reader that converts nothing.
- `x-finite`: a reader of numbers that takes neither an infinity nor what is no number.
- `x-factory`: the function that makes a default anew each time.
- `x-first`: a reader of a union that takes the first member that fits, not the one that fits best.
- `x-names`: other names under which a reader finds a property.
- `x-also`: other names under which a reader finds the tag of a discriminated union.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

Node = Mapping[str, Any]
"""A schema or a part of one, as parsed JSON."""

ANNOTATIONS = frozenset({"default", "x-factory", "x-first", "$defs", "discriminator"})
UNDERSTOOD = ANNOTATIONS | {
    "$ref",
    "type",
    "enum",
    "anyOf",
    "oneOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "x-checks",
    "x-strict",
    "x-finite",
    "x-names",
    "x-also",
}

DECIMALS = frozenset({"decimal", "decimal-or-nan"})

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_of(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no space."""
    return _ENCODER.encode(value)


def checks_of(node: Node) -> frozenset[str]:
    """Return the conditions of a node that are known by name alone."""
    return frozenset(node.get("x-checks", ()))


def with_checks(node: Node, checks: frozenset[str] | set[str]) -> Node:
    """Return the node with these conditions added to its own."""
    if not checks:
        return node
    return {**node, "x-checks": sorted(checks_of(node) | checks)}


_UNSAID = "written by "


def unsaid(by: str) -> Node:
    """Return what is written by something that does not say what it writes."""
    return {"x-checks": [_UNSAID + by]}


def is_unsaid(node: Node) -> bool:
    """Whether nobody knows what is written."""
    return any(check.startswith(_UNSAID) for check in checks_of(node))


def resolved(node: Node, defs: Node) -> Node:
    """Follow references; conditions that stand beside one stay in force."""
    seen: set[str] = set()
    while "$ref" in node:
        name = str(node["$ref"]).rpartition("/")[2]
        if name in seen or name not in defs:
            return {"x-unresolved": name}
        seen.add(name)
        node = with_checks(defs[name], checks_of(node))
    return node


def branches_of(node: Node) -> tuple[Node, ...]:
    """Return the members of a union in a flat row, its conditions on each; a plain node is its own."""
    members = node.get("anyOf")
    if members is None:
        return (node,)
    flat: list[Node] = []
    for member in members:
        flat += branches_of(with_checks(member, checks_of(node)))
    return tuple(flat)


def is_decimal(node: Node) -> bool:
    """Whether it is a decimal number written as a string."""
    return node.get("type") == "string" and node.get("format") in DECIMALS


def finite(node: Node) -> list[JsonValue] | None:
    """Return all values of a node that has few; None if there is no end of them."""
    if "enum" in node:
        return list(node["enum"])
    few: dict[str, list[JsonValue]] = {"null": [None], "boolean": [True, False]}
    return few.get(node.get("type", ""))

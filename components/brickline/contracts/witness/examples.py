"""The smallest documents that a writer may write."""

import json
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, resolved, text_of
from brickline.contracts.witness.accepts import accepts_key
from brickline.contracts.witness.leaves import leaf_writes
from brickline.contracts.witness.values import leaf_examples


def example(node: Node, defs: Node) -> JsonValue:
    """Return the first and smallest example. Raises `NoExample`."""
    return next(examples(node, defs))


def examples(node: Node, defs: Node, within: tuple[str, ...] = ()) -> Iterator[JsonValue]:
    """Yield a few examples, smallest first, at least one. Raises `NoExample`."""
    if "$ref" in node:
        if node["$ref"] in within:
            raise NoExample(f"{node['$ref']} holds itself without an end")
        within = (*within, node["$ref"])
    node = resolved(node, defs)
    found = False
    for value in _of(node, defs, within):
        found = True
        yield value
    if not found:
        raise NoExample(f"no example of {text_of(node)[:200]} could be made up")


def _of(node: Node, defs: Node, within: tuple[str, ...]) -> Iterator[JsonValue]:
    if "enum" in node:
        yield from node["enum"]
    elif "anyOf" in node:
        yield from _of_any(node["anyOf"], defs, within)
    elif "oneOf" in node:
        yield from _of_any(tagged_members(node, defs), defs, within)
    elif node.get("type") == "array":
        yield from _arrays(node, defs, within)
    elif node.get("type") == "object":
        yield _object(node, defs, within)
    else:
        yield from (value for value in leaf_examples(node) if leaf_writes(node, value))


def _of_any(members: list[Node], defs: Node, within: tuple[str, ...]) -> Iterator[JsonValue]:
    # What says something comes first: null last.
    for member in sorted(members, key=lambda member: member.get("type") == "null"):
        try:
            yield from examples(member, defs, within)
        except NoExample:
            continue


def tagged_members(node: Node, defs: Node) -> list[Node]:
    """Return the members of a discriminated union, each with its own tag and no other.

    The tag is always written, whether or not it has a default.
    """
    discriminator = node["discriminator"]
    names = (discriminator["propertyName"], *node.get("x-also", ()))
    return [tagged(member, defs, names, tag) for tag, member in sorted(discriminator["mapping"].items())]


def tagged(member: Node, defs: Node, names: Iterable[str], tag: str) -> Node:
    """Return a member with this tag, under the first of the names that it has."""
    member = resolved(member, defs)
    name = next((each for each in names if each in member.get("properties", {})), None)
    if name is None:
        return member
    properties = {**member["properties"], name: {"enum": [json.loads(tag)]}}
    return {**member, "properties": properties, "required": sorted({*member.get("required", ()), name})}


def _arrays(node: Node, defs: Node, within: tuple[str, ...]) -> Iterator[JsonValue]:
    least = node.get("minItems", 0)
    first = node.get("prefixItems", [])
    values: list[JsonValue] = [next(examples(part, defs, within)) for part in first[: max(least, len(first))]]
    missing = least - len(values)
    if missing <= 0:
        yield values
        return
    pool: Iterator[JsonValue] = examples(node.get("items", {}), defs, within)
    if not node.get("uniqueItems"):
        yield values + [next(pool)] * missing
        return
    distinct = list({text_of(value): value for value in pool}.values())
    if len(distinct) >= missing:
        yield values + distinct[:missing]


def _object(node: Node, defs: Node, within: tuple[str, ...]) -> JsonValue:
    properties = node.get("properties", {})
    value = {name: next(examples(properties[name], defs, within)) for name in node.get("required", ())}
    for name in properties:
        if len(value) < node.get("minProperties", 0) and name not in value:
            value[name] = next(examples(properties[name], defs, within))
    others = node.get("additionalProperties", {})
    if others is not False and len(value) < node.get("minProperties", 0):
        for key in keys(node.get("propertyNames", {}), defs):
            if len(value) < node["minProperties"] and key not in value:
                value[key] = next(examples(others, defs, within))
    if len(value) < node.get("minProperties", 0):
        raise NoExample(f"no {node['minProperties']} names could be made up")
    return value


def keys(names: Node, defs: Node) -> Iterator[str]:
    """Yield names that a map may hold."""
    for value in examples(names, defs):
        yield value if isinstance(value, str) else text_of(value)
    for name in ("extra", "other", "third", "a", "b", "c", "d", "1", "2", "3", "4"):
        if accepts_key(names, defs, name):
            yield name

"""Puts a JSON Schema into the part of the language that a vendor understands."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from brickline.llm_routing import JsonSchema

# What a vendor cannot be held to is said in words; whoever validates the answer holds it to the number.
_IN_WORDS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minimum": "{} or more",
    "maximum": "{} or less",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "pattern": "matching {}",
    "format": "in the format {}",
    "uniqueItems": "no two alike",
}
_ALTERNATIVES = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which keywords of JSON Schema a vendor takes, apart from those that give a document its shape."""

    keeps: frozenset[str]
    closed: bool = True
    """Whether objects may have no properties but those that are named."""
    all_required: bool = False
    """Whether every property has to be required."""


class _DoesNotFit(Exception):
    """Raised where a schema needs what a dialect has no words for."""


def fit(schema: JsonSchema, dialect: Dialect) -> dict[str, JsonValue] | None:
    """`schema` in `dialect`, with bounds in words where that has no keyword; None if it cannot be said."""
    try:
        return _node(schema, dialect)
    except _DoesNotFit:
        return None


def _node(node: JsonValue | JsonSchema, dialect: Dialect) -> dict[str, JsonValue]:
    if not isinstance(node, Mapping) or "prefixItems" in node:
        raise _DoesNotFit
    fitted: dict[str, JsonValue] = {}
    if "$defs" in node:
        fitted["$defs"] = _children(node["$defs"], dialect)
    if "$ref" in node:
        return {**fitted, "$ref": node["$ref"]}  # vendors take nothing beside a reference
    if "allOf" in node:
        return {**fitted, **_node(_only_part(node), dialect)}
    return {**fitted, **_plain(node, dialect)}


def _plain(node: Mapping[str, JsonValue], dialect: Dialect) -> dict[str, JsonValue]:
    """A node that says itself what it describes."""
    fitted: dict[str, JsonValue] = {
        keyword: node[keyword] for keyword in ("type", "enum", *sorted(dialect.keeps)) if keyword in node
    }
    for keyword in _ALTERNATIVES:
        alternatives = node.get(keyword)
        if isinstance(alternatives, list):
            fitted["anyOf"] = [_node(each, dialect) for each in alternatives]
    if "const" in node:
        fitted["enum"] = [node["const"]]
    if "items" in node:
        fitted["items"] = _node(node["items"], dialect)
    if node.get("type") == "object":
        fitted.update(_object(node, dialect))
    if said := _said(node, dialect):
        fitted["description"] = said
    return fitted


def _only_part(node: Mapping[str, JsonValue]) -> JsonValue:
    """What `allOf` holds if it holds one thing, as it does around a reference."""
    parts = node["allOf"]
    return parts[0] if isinstance(parts, list) and len(parts) == 1 else None


def _object(node: Mapping[str, JsonValue], dialect: Dialect) -> dict[str, JsonValue]:
    further = node.get("additionalProperties", "properties" not in node)
    properties = _children(node.get("properties", {}), dialect)
    if further is False or (further is True and not dialect.closed and properties):
        further = False
    elif dialect.closed:
        raise _DoesNotFit  # a free-form object
    required: JsonValue = [*properties] if dialect.all_required else node.get("required", [])
    fitted: dict[str, JsonValue] = {"additionalProperties": further}
    if properties:
        fitted |= {"properties": properties, "required": required}
    return fitted


def _children(nodes: JsonValue, dialect: Dialect) -> dict[str, JsonValue]:
    return {name: _node(node, dialect) for name, node in nodes.items()} if isinstance(nodes, dict) else {}


def _said(node: Mapping[str, JsonValue], dialect: Dialect) -> str:
    """The description, and what else has to be put in words."""
    bounds = [
        words.format(node[keyword])
        for keyword, words in _IN_WORDS.items()
        if keyword in node and keyword not in dialect.keeps
    ]
    parts = [str(node.get("description", "")), f"({', '.join(bounds)})" if bounds else ""]
    return " ".join(part for part in parts if part)

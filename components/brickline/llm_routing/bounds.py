"""Finds what in a JSON Schema could grow without limit."""

from collections.abc import Iterator

from pydantic import JsonValue

from brickline.llm_routing.provider import JsonSchema

_BOUND_OF = {"string": "maxLength", "array": "maxItems"}
_SAYS_WHAT = ("type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const")
_FINITE = ("enum", "const", "format")  # a format (date-time, uuid, ...) has a length of its own


def unbounded_parts(schema: JsonSchema) -> list[str]:
    """Paths within `schema` of strings, arrays and free-form objects that have no upper bound."""
    return list(_walk(schema, "$"))


def _walk(node: JsonValue | JsonSchema, path: str) -> Iterator[str]:
    if not isinstance(node, dict):
        return
    if _is_unbounded(node):
        yield path
    for keyword in ("properties", "$defs"):
        for name, child in _items(node.get(keyword)):
            yield from _walk(child, f"{path}.{name}")
    for keyword in ("anyOf", "oneOf", "allOf", "prefixItems"):
        children = node.get(keyword)
        for child in children if isinstance(children, list) else ():
            yield from _walk(child, path)
    yield from _walk(node.get("items"), f"{path}[]")
    yield from _walk(node.get("additionalProperties"), f"{path}{{}}")


def _is_unbounded(node: dict[str, JsonValue]) -> bool:
    if not any(keyword in node for keyword in _SAYS_WHAT):
        return True  # an empty schema takes anything
    kind = node.get("type")
    if kind == "object":
        open_ended = node.get("additionalProperties", "properties" not in node)
        return open_ended is not False and "maxProperties" not in node
    bound = _BOUND_OF.get(kind) if isinstance(kind, str) else None
    return bound is not None and bound not in node and not any(keyword in node for keyword in _FINITE)


def _items(value: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        yield from value.items()

"""Where a document and a schema part."""

from pydantic import JsonValue

from brickline.contracts.nodes import Node, resolved
from brickline.contracts.witness.accepts import Mode, accepts


def misfit(schema: Node, document: JsonValue, mode: Mode) -> str | None:
    """Return the path of the innermost part that is not accepted; None if the whole is."""
    defs = schema["$defs"]
    if accepts(schema, defs, document, mode):
        return None
    return _within(schema, defs, document, mode).removeprefix(".") or "$"


def _within(node: Node, defs: Node, value: JsonValue, mode: Mode) -> str:
    node = resolved(node, defs)
    if isinstance(value, dict):
        for name, part in node.get("properties", {}).items():
            if name in value and not accepts(part, defs, value[name], mode):
                return f".{name}{_within(part, defs, value[name], mode)}"
        if missing := [name for name in node.get("required", ()) if name not in value]:
            return f".{missing[0]}"
        others = node.get("additionalProperties")
        if isinstance(others, dict) and not node.get("properties"):
            bad = (each for each in value.values() if not accepts(others, defs, each, mode))
            return next((f"{{*}}{_within(others, defs, each, mode)}" for each in bad), "")
    elif isinstance(value, list) and isinstance(node.get("items"), dict):
        first = node.get("prefixItems", ())
        for part, each in zip([*first, *[node["items"]] * len(value)], value, strict=False):
            if not accepts(part, defs, each, mode):
                return f"[*]{_within(part, defs, each, mode)}"
    return ""

"""A pretended model: fills a schema with the words of a document, and keeps to bounds it is only told of."""

import json
import re
from collections.abc import Mapping
from typing import Any

_TOLD = re.compile(r"at most (\d+) (characters|items)")


def written(schema: Mapping[str, Any] | None, text: str, said: str | None) -> str:
    """What the model writes: `said`, else JSON that fits `schema`."""
    return said if said is not None else json.dumps(_fill(schema or {}, schema or {}, text))


def told_schema(instructions: str) -> dict[str, Any]:
    """The schema that stands at the end of the instructions."""
    found: dict[str, Any] = json.loads(instructions[instructions.index("{") :])
    return found


def _fill(node: Mapping[str, Any], root: Mapping[str, Any], text: str) -> Any:
    if "$ref" in node:
        return _fill(root["$defs"][node["$ref"].rpartition("/")[2]], root, text)
    if "anyOf" in node:
        return _fill(node["anyOf"][0], root, text)
    if "enum" in node:
        return node["enum"][0]
    match node.get("type"):
        case "object":
            return {name: _fill(child, root, text) for name, child in node.get("properties", {}).items()}
        case "array":
            count = min(2, _most(node, "maxItems", "items"), *([3] if "maxItems" not in node else []))
            return [_fill(node["items"], root, text) for _ in range(count)]
        case "string":
            return text[: min(60, _most(node, "maxLength", "characters"))]
        case "integer" | "number":
            return node.get("minimum", 1)
        case "boolean":
            return True
    return None


def _most(node: Mapping[str, Any], keyword: str, unit: str) -> int:
    told = {match[2]: int(match[1]) for match in _TOLD.finditer(node.get("description", ""))}
    return int(node.get(keyword, told.get(unit, 50)))

"""Pydantic's JSON Schema (draft 2020-12) in the words of AsyncAPI's own, which is draft 7."""

from collections.abc import Mapping
from typing import Any

_BY_NAME = frozenset({"properties", "patternProperties", "$defs"})
"""Keywords whose keys are names that a model chose."""
_DATA = frozenset({"default", "const", "enum", "examples"})


def draft7(schema: Any) -> Any:
    """Return the schema with the same meaning for a validator of draft 7."""
    if isinstance(schema, list):
        return [draft7(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    # AsyncAPI's discriminator is a string and names schemas; that each branch has its own tag says as much.
    node = {key: _inner(key, value) for key, value in schema.items() if key != "discriminator"}
    if "prefixItems" in node:
        node["additionalItems"] = node.get("items", True)
        node["items"] = node.pop("prefixItems")
    if "$ref" in node and len(node) > 1:
        # In draft 7 whatever stands beside a reference is ignored.
        node["allOf"] = [{"$ref": node.pop("$ref")}, *node.get("allOf", ())]
    return node


def _inner(key: str, value: Any) -> Any:
    if key in _DATA:
        return value
    if key in _BY_NAME:
        return {name: draft7(each) for name, each in value.items()}
    return draft7(value)

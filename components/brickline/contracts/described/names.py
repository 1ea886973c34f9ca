"""Short names of types and conditions."""

from brickline.contracts.nodes import Node, text_of

_LONGEST = 80

WORDS = {
    "exclusiveMinimum": "above",
    "exclusiveMaximum": "below",
    "multipleOf": "multiple of",
    "minLength": "minimum length",
    "maxLength": "maximum length",
    "minItems": "minimum items",
    "maxItems": "maximum items",
    "minProperties": "minimum entries",
    "maxProperties": "maximum entries",
    "discriminator": "told apart by",
    "x-checks": "checks",
    "x-strict": "strict",
    "x-finite": "finite",
    "x-factory": "default made by",
    "x-names": "also read as",
    "x-also": "also told by",
}
"""What a word of the dialect is called; others are called what they are."""


def name_of(node: Node) -> str:
    """Return the name of a type, with its members or its items, of a class its own."""
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    if members := node.get("anyOf") or node.get("oneOf"):
        return _cut(" or ".join(dict.fromkeys(name_of(member) for member in members)))
    if "enum" in node:
        return _cut(" or ".join(text_of(value) for value in node["enum"]))
    kind = node.get("type")
    if kind == "array":
        if "prefixItems" in node:
            return f"[{', '.join(name_of(each) for each in node['prefixItems'])}]"
        items = node.get("items")
        what = "set" if node.get("uniqueItems") else "list"
        return f"{what} of {name_of(items)}" if isinstance(items, dict) else what
    if kind == "object" and "properties" not in node:
        others = node.get("additionalProperties")
        return f"map of {name_of(others)}" if isinstance(others, dict) else "map"
    return str(kind) if kind else "anything"


def shown(value: object, *, as_json: bool) -> str:
    """Return a value: as JSON if it is one of a payload's; else words and lists of words as they are."""
    if isinstance(value, dict) and "propertyName" in value and not as_json:
        value = value["propertyName"]
    if isinstance(value, str) and not as_json:
        return _cut(value)
    if isinstance(value, list) and not as_json and all(isinstance(each, str) for each in value):
        return _cut(" and ".join(value))
    return _cut(text_of(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}...{text[-_LONGEST // 2 + 3 :]}"

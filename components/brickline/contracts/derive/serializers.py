"""What a writer's own serializers make of a value."""

from brickline.contracts.derive.identity import of_library
from brickline.contracts.derive.walk import Core, Walk
from brickline.contracts.nodes import Node

_NOTHING_SAID: Node = {}
"""A serializer that does not say what it returns may return anything."""


def serialized(walk: Walk, core: Core) -> Node | None:
    """Return what is written instead of the value; None if the serializer leaves that to the type."""
    serializer = core["serialization"]
    kind = serializer["type"]
    if serializer.get("when_used") == "python":
        return None
    if kind in ("function-plain", "function-wrap"):
        if not serializer.get("return_schema") and of_library(serializer["function"]):
            return None
        written = walk.node(serializer.get("return_schema") or {"type": "any"})
    elif kind in ("to-string", "format"):
        written = {"type": "string"} if kind == "format" else _as_string(walk, core)
    elif kind == "model":
        written = walk.node(serializer["schema"])
    elif kind.startswith("include-exclude"):
        if serializer.get("include") or serializer.get("exclude"):
            raise walk.unrepresentable("a serializer that leaves parts out has no schema")
        return None
    elif kind == "any":
        written = _NOTHING_SAID
    else:
        written = walk.node({"type": kind})
    if str(serializer.get("when_used", "always")).endswith("unless-none"):
        return {"anyOf": [written, {"type": "null"}]}
    return written


def _as_string(walk: Walk, core: Core) -> Node:
    """Return what `str()` of the value is; of a type that is read from a string, that same string."""
    bare = {key: value for key, value in core.items() if key not in ("serialization", "ref")}
    node = walk.node(bare)
    return node if node.get("type") == "string" else {"type": "string", "x-checks": node.get("x-checks", [])}

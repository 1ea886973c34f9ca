"""What a writer's own serializers make of a value."""

from enum import Enum
from typing import Any

from brickline.contracts.derive.identity import identity
from brickline.contracts.derive.walk import Core, Walk, class_of
from brickline.contracts.nodes import Node, checks_of, is_decimal, unsaid, with_checks
from brickline.contracts.witness.accepts import accepts

_OWN_FORM = {
    "pydantic.networks._BaseUrl.serialize_url",
    "pydantic.networks._BaseMultiHostUrl.serialize_url",
    "pydantic.types.EncodedBytes.encode",
    "pydantic.types.EncodedStr.encode_str",
    "pydantic._internal._serializers.serialize_sequence_via_list",
    "pydantic._internal._generate_schema.GenerateSchema._ip_schema.<locals>.ser_ip",
    "pydantic._internal._generate_schema.GenerateSchema._path_schema.<locals>.ser_path",
    "pydantic._internal._generate_schema.GenerateSchema._enum_schema.<locals>.<lambda>",
}
"""Serializers that write what their own type reads."""

_CLOSED = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def serialized(walk: Walk, core: Core) -> Node | None:
    """Return what is written instead of the value; None if the serializer leaves that to the type."""
    serializer = core["serialization"]
    if serializer.get("when_used") == "python":
        return None
    written = _written(walk, core, serializer)
    if written is None or not str(serializer.get("when_used", "always")).endswith("unless-none"):
        return written
    null = accepts(_bare(walk, core), walk.defs, None, "writes")
    return {"anyOf": [written, {"type": "null"}]} if null else written


def _written(walk: Walk, core: Core, serializer: Core) -> Node | None:
    match kind := serializer["type"]:
        case "function-plain" | "function-wrap":
            return _by_function(walk, core, serializer)
        case "to-string":
            return _as_string(walk, core)
        case "format":
            return {"type": "string"}
        case "model":
            return walk.node(serializer["schema"])
        case "any":
            return unsaid("the type that it happens to be of")
    if kind.startswith("include-exclude"):
        if serializer.get("include") or serializer.get("exclude"):
            raise walk.unrepresentable("a serializer that leaves parts out has no schema")
        return None
    if issubclass(class_of(core) or object, Enum):
        return None  # its members' values, of which pydantic only says the type
    return walk.node({"type": kind})


def _by_function(walk: Walk, core: Core, serializer: Core) -> Node | None:
    function = serializer["function"]
    if serializer.get("return_schema"):
        return _of_decimal(walk.node(serializer["return_schema"]), _bare(walk, core), function)
    return None if _in_own_form(function) else unsaid(identity(function, class_of(core)))


def _of_decimal(written: Node, node: Node, function: object) -> Node:
    """Return what is written of a decimal: as a float it may be too large, and is then written as null."""
    if written.get("type") != "number" or not is_decimal(node):
        return written
    bounds = {
        _CLOSED.get(word, word): float(node[word]) for word in (*_CLOSED, *_CLOSED.values()) if word in node
    }
    if function is float:  # which may round a number up to an open bound
        written = with_checks({**written, **bounds}, checks_of(node))
    return written if len(bounds) == len(_CLOSED) else {"anyOf": [written, {"type": "null"}]}


def _in_own_form(function: Any) -> bool:
    function = getattr(function, "__func__", function)
    return f"{function.__module__}.{getattr(function, '__qualname__', '')}" in _OWN_FORM


def _as_string(walk: Walk, core: Core) -> Node:
    """Return what `str()` of the value is; of a type that is read from a string, that same string."""
    node = _bare(walk, core)
    return node if node.get("type") == "string" else {"type": "string", "x-checks": node.get("x-checks", [])}


def _bare(walk: Walk, core: Core) -> Node:
    """Return what would be written without the serializer."""
    return walk.node({key: value for key, value in core.items() if key not in ("serialization", "ref")})

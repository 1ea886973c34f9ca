"""Whether a value without parts is accepted, decided by what pydantic itself runs."""

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import JsonValue
from pydantic_core import CoreSchema, SchemaValidator, core_schema

from brickline.contracts.nodes import ANNOTATIONS, Node, text_of

_BOUNDS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
}
_BARE = ANNOTATIONS | {"type"}
"""The words of a node that says no more than a type: whatever is of that type fits."""
_KNOWN: dict[int, tuple[Node, SchemaValidator]] = {}
_MOST_KNOWN = 50_000
_DIGITS = re.compile(r"(max_digits|decimal_places)=(\d+)")
_FORMATS: dict[str, Callable[[Any], CoreSchema]] = {
    "date": lambda strict: core_schema.date_schema(strict=strict),
    "time": lambda strict: core_schema.time_schema(strict=strict),
    "date-time": lambda strict: core_schema.datetime_schema(strict=strict),
    "duration": lambda strict: core_schema.timedelta_schema(strict=strict),
    "uuid": lambda strict: core_schema.uuid_schema(),
    "uri": lambda strict: core_schema.url_schema(),
    "binary": lambda strict: core_schema.bytes_schema(),
}


def leaf_reads(node: Node, value: JsonValue) -> bool:
    """Whether a reader takes the value, converting as pydantic does unless it is strict."""
    if node.get("type") is None:
        return True
    try:
        _validator_of(node).validate_json(json.dumps(value))
    except ValueError:
        return False
    return True


def leaf_writes(node: Node, value: JsonValue) -> bool:
    """Whether a writer may write the value: of the very type, and within its bounds."""
    kind = node.get("type")
    if kind is None:
        return True
    exact = isinstance(value, _PYTHON_TYPES.get(kind, ())) and (
        kind == "boolean" or not isinstance(value, bool)
    )
    # An integer may be too large for a number, and a text no text: half a surrogate pair.
    plain = kind in ("null", "boolean") or (isinstance(value, str) and value.isascii())
    return exact and ((plain and node.keys() <= _BARE) or leaf_reads(node, value))


def _validator_of(node: Node) -> SchemaValidator:
    """Return what reads by this node: the same for the same part of a schema, without a look at its text."""
    known = _KNOWN.get(id(node))
    if known is None or known[0] is not node:
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        bare = {key: part for key, part in node.items() if key not in ANNOTATIONS}
        # With the node itself, or another could come to have its id.
        known = _KNOWN[id(node)] = node, _validator(text_of(bare))
    return known[1]


@lru_cache(maxsize=4096)
def _validator(text: str) -> SchemaValidator:
    node = json.loads(text)
    return SchemaValidator(_core(node, bool(node.get("x-strict"))))


def _core(node: Node, strict: bool) -> CoreSchema:
    bounds: dict[str, Any] = {name: node[word] for word, name in _BOUNDS.items() if word in node}
    match node["type"]:
        case "null":
            return core_schema.none_schema()
        case "boolean":
            return core_schema.bool_schema(strict=strict)
        case "integer":
            return core_schema.int_schema(strict=strict, **bounds)
        case "number":
            return core_schema.float_schema(strict=strict, allow_inf_nan=not node.get("x-finite"), **bounds)
        case "string":
            return _string(node, strict, bounds)
    return core_schema.any_schema()


def _string(node: Node, strict: bool, bounds: dict[str, Any]) -> CoreSchema:
    kind = node.get("format")
    if kind in ("decimal", "decimal-or-nan"):
        exact: dict[str, Any] = {name: Decimal(bound) for name, bound in bounds.items()}
        found = map(_DIGITS.fullmatch, node.get("x-checks", ()))
        exact |= {match[1]: int(match[2]) for match in found if match}
        return core_schema.decimal_schema(allow_inf_nan=kind != "decimal", strict=strict, **exact)
    if kind in _FORMATS:
        return _FORMATS[kind](strict)
    engine = "python-re" if "regex_engine=python-re" in node.get("x-checks", ()) else "rust-regex"
    return core_schema.str_schema(
        min_length=node.get("minLength"),
        max_length=node.get("maxLength"),
        pattern=node.get("pattern"),
        regex_engine=engine,  # type: ignore[arg-type]  # one of the two that there are
    )

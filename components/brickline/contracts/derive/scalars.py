"""Values without parts."""

import re
from collections.abc import Iterable
from enum import Enum, Flag, FlagBoundary
from math import isfinite

from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from brickline.contracts.derive.walk import Core, Handler, Walk
from brickline.contracts.nodes import Node, text_of, with_checks
from brickline.contracts.witness.leaves import leaf_reads

_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "gt": "exclusiveMinimum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_MOST_COMBINED = 256
_MOMENTS = {"date": "date", "time": "time", "datetime": "date-time", "timedelta": "duration"}


def named_checks(walk: Walk, core: Core, keys: Iterable[str]) -> set[str]:
    """Return the settings that JSON Schema has no word for as conditions by name."""
    return {f"{key}={value}" for key in keys if (value := walk.setting(core, key)) not in (None, False)}


def _strict(walk: Walk, core: Core) -> Node:
    return {"x-strict": True} if walk.side == "reader" and walk.setting(core, "strict") else {}


def _any(walk: Walk, core: Core) -> Node:
    return {}


def _none(walk: Walk, core: Core) -> Node:
    return {"type": "null"}


def _bool(walk: Walk, core: Core) -> Node:
    return {"type": "boolean", **_strict(walk, core)}


def _integer(walk: Walk, core: Core) -> Node:
    bounds = {word: core[key] for key, word in _BOUNDS.items() if core.get(key) is not None}
    if not all(isfinite(bound) for bound in bounds.values()):
        raise walk.unrepresentable("a bound that is no finite number is no JSON: leave it out")
    return {"type": "integer", **bounds, **_strict(walk, core)}


def _number(walk: Walk, core: Core) -> Node:
    node = {**_integer(walk, core), "type": "number"}
    if walk.setting(core, "allow_inf_nan") is False:
        return {**node, "x-finite": True} if walk.side == "reader" else node
    written_as = walk.config.get("ser_json_inf_nan", "null")
    if walk.side == "reader" or written_as == "null":
        # Written as null, which no reader takes for a number, an infinity is an accident and not meant to be.
        return node
    if written_as == "constants":
        raise walk.unrepresentable("a NaN that is written as such is no JSON: forbid it (allow_inf_nan)")
    texts: list[JsonValue] = [text for text in ("-Infinity", "Infinity", "NaN") if leaf_reads(node, text)]
    return {"anyOf": [node, {"enum": texts}]} if texts else node


def _decimal(walk: Walk, core: Core) -> Node:
    # Decimals are written as strings. Their bounds are kept as text, which loses no digit.
    kind = "decimal-or-nan" if walk.setting(core, "allow_inf_nan") else "decimal"
    bounds = {word: str(core[key]) for key, word in _BOUNDS.items() if core.get(key) is not None}
    node = {"type": "string", "format": kind, **bounds, **_strict(walk, core)}
    return with_checks(node, named_checks(walk, core, ("max_digits", "decimal_places")))


def _string(walk: Walk, core: Core) -> Node:
    node: dict[str, object] = {"type": "string", **_strict(walk, core)}
    for key, word in (("min_length", "minLength"), ("max_length", "maxLength")):
        if (bound := walk.setting(core, key, f"str_{key}")) is not None:
            node[word] = bound
    checks = {
        f"{key}=True"
        for key in ("strip_whitespace", "to_lower", "to_upper")
        if walk.setting(core, key, f"str_{key}")
    } | named_checks(walk, core, ("ascii_only",))
    if walk.setting(core, "coerce_numbers_to_str"):
        checks.add("before coerce_numbers_to_str")
    pattern = core.get("pattern")
    if isinstance(pattern, re.Pattern):
        checks |= {f"flags={pattern.flags & ~re.UNICODE}"} - {"flags=0"} | {"regex_engine=python-re"}
        pattern = pattern.pattern
    if pattern is not None:
        node["pattern"] = pattern
        if walk.setting(core, "regex_engine") not in (None, "rust-regex"):
            checks.add("regex_engine=python-re")
    return with_checks(node, checks)


def _bytes(walk: Walk, core: Core) -> Node:
    # Lengths are of bytes, which says little of the characters in the document.
    key = "ser_json_bytes" if walk.side == "writer" else "val_json_bytes"
    coded = walk.config.get(key) or "utf8"
    node = {"type": "string", "format": "binary" if coded == "utf8" else coded}
    return with_checks(node, named_checks(walk, core, ("min_length", "max_length")))


def _moment(walk: Walk, core: Core) -> Node:
    as_number = "ser_json_temporal" in walk.config or (
        core["type"] == "timedelta" and "ser_json_timedelta" in walk.config
    )
    settings = {walk.config.get(key, "iso8601") for key in ("ser_json_temporal", "ser_json_timedelta")}
    if walk.side == "writer" and as_number and settings != {"iso8601"}:
        return {"type": "number"}
    node = {"type": "string", "format": _MOMENTS[core["type"]], **_strict(walk, core)}
    keys = ("ge", "le", "gt", "lt", "multiple_of", "now_op", "tz_constraint")
    return with_checks(node, named_checks(walk, core, keys))


def _uuid(walk: Walk, core: Core) -> Node:
    return with_checks({"type": "string", "format": "uuid"}, named_checks(walk, core, ("version",)))


def _url(walk: Walk, core: Core) -> Node:
    keys = set(core) - {"type", "ref", "metadata", "serialization", "strict", "cls"}
    return with_checks({"type": "string", "format": "uri"}, named_checks(walk, core, sorted(keys)))


def _choice(walk: Walk, core: Core) -> Node:
    cls = core.get("cls")
    if isinstance(cls, type) and issubclass(cls, Flag):
        return _flags(walk, cls)
    members = core["members"] if core["type"] == "enum" else core["expected"]
    values = [each.value if isinstance(each, Enum) else each for each in members]
    for value in values:
        if not isinstance(value, str | int | float | None):
            raise walk.unrepresentable(f"the constant {value!r} is not read from what it is written as")
    made: Node = {"enum": sorted(map(to_jsonable_python, values), key=text_of)}
    return with_checks(made, {"before missing"}) if core.get("missing") else made


def _flags(walk: Walk, cls: type[Flag]) -> Node:
    """Return every combination, which are written too; if there is no end of them, any number."""
    members = [each.value for each in cls.__members__.values()]
    if not all(isinstance(value, int) for value in members):
        raise walk.unrepresentable("flags that are no numbers have no schema")
    combined = {0}
    for value in members:
        combined |= {value | other for other in combined} if len(combined) <= _MOST_COMBINED else set()
    boundary = getattr(cls, "_boundary_", FlagBoundary.KEEP)  # which has no public name
    if boundary is FlagBoundary.STRICT and len(combined) <= _MOST_COMBINED:
        return {"enum": sorted(combined, key=text_of)}
    node = {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}  # no more is looked up
    return with_checks(node, {f"flags {sorted(members)} {boundary.name}"})


HANDLERS: dict[str, Handler] = {
    "any": _any,
    "none": _none,
    "bool": _bool,
    "int": _integer,
    "float": _number,
    "decimal": _decimal,
    "str": _string,
    "bytes": _bytes,
    "date": _moment,
    "time": _moment,
    "datetime": _moment,
    "timedelta": _moment,
    "uuid": _uuid,
    "url": _url,
    "multi-host-url": _url,
    "literal": _choice,
    "enum": _choice,
}

"""What stands around a type: defaults, validators, references, and the choice between types."""

from enum import Enum

from pydantic_core import PydanticSerializationError, to_jsonable_python

from brickline.contracts.derive.identity import identity
from brickline.contracts.derive.walk import Core, Handler, Walk, class_of
from brickline.contracts.nodes import Node, checks_of, text_of, with_checks
from brickline.contracts.witness.accepts import accepts

_UNSTATED = object()
_FUNCTIONS = ("before ", "after ", "wrap ", "plain ")
_EMPTY = (list, dict, set, frozenset, tuple, str, int, float, bool)
"""Factories that make nothing much, the same each time."""


def _default(walk: Walk, core: Core) -> Node:
    node = walk.node(core["schema"])
    if (value := _stated(core)) is _UNSTATED:
        factory = core.get("default_factory")
        return {**node, "x-factory": identity(factory)} if factory and walk.side == "reader" else node
    try:
        default = to_jsonable_python(_in_order(value), inf_nan_mode="null")
    except PydanticSerializationError:
        return node
    if walk.side == "writer" and not accepts(node, walk.defs, default, "writes"):
        node = {"anyOf": [node, {"enum": [default]}]}  # nothing checks a default: it is written as it is
    if core.get("on_error", "raise") != "raise":
        node = with_checks(node, {"before on_error"})
    return {**node, "default": default}


def _stated(core: Core) -> object:
    """Return the default, if it is the same each time."""
    if core.get("default_factory") in _EMPTY:
        return core["default_factory"]()
    return core.get("default", _UNSTATED)


def _in_order(value: object) -> object:
    """Put each set, those within other containers too, into the same order in every process."""
    match value:
        case set() | frozenset():
            return sorted((_in_order(each) for each in value), key=repr)
        case list() | tuple():
            return [_in_order(each) for each in value]
        case dict():
            return {key: _in_order(each) for key, each in value.items()}
    return value


def _checked(walk: Walk, core: Core) -> Node:
    when = core["type"].removeprefix("function-")
    node = walk.node(core["schema"]) if "schema" in core else {}
    named = f"{when} {identity(core['function']['function'], class_of(core))}"
    # The order of several decides: the second one sees what the first has made of the value.
    before = sum(check.startswith(_FUNCTIONS) and "." in check for check in checks_of(node))
    return with_checks(node, {f"{named} (after {before} others)" if before else named})


def _nullable(walk: Walk, core: Core) -> Node:
    return {"anyOf": [walk.node(core["schema"]), {"type": "null"}]}


def _union(walk: Walk, core: Core) -> Node:
    members = [choice[0] if isinstance(choice, tuple) else choice for choice in core["choices"]]
    node = {"anyOf": [walk.node(member) for member in members]}
    first_counts = walk.side == "reader" and core.get("mode") == "left_to_right"
    return {**node, "x-first": True} if first_counts else node


def _tagged(walk: Walk, core: Core) -> Node:
    tag, choices = core["discriminator"], core["choices"]
    if callable(tag):
        # Which member is meant is known to a function alone: a member answers to its own tag only.
        name = identity(tag)
        members = [with_checks(walk.node(core), {f"tag {name}: {key!r}"}) for key, core in choices.items()]
        return {"anyOf": members}
    paths = [[tag]] if isinstance(tag, str) else [tag] if not isinstance(tag[0], list) else tag
    if any(len(path) != 1 for path in paths):
        raise walk.unrepresentable("a discriminator that is a path into the document has no schema")
    names = [path[0] for path in paths]
    mapping: dict[str, Node] = {}
    for key, choice in choices.items():
        mapping[text_of(to_jsonable_python(key.value if isinstance(key, Enum) else key))] = walk.node(choice)
    node: dict[str, object] = {
        "oneOf": [mapping[key] for key in sorted(mapping)],
        "discriminator": {"propertyName": names[0], "mapping": mapping},
    }
    return {**node, "x-also": names[1:]} if len(names) > 1 else node


def _inner(walk: Walk, core: Core) -> Node:
    return walk.node(core["schema"])


def _as_json(walk: Walk, core: Core) -> Node:
    return walk.node(core["json_schema"])


def _lax_or_strict(walk: Walk, core: Core) -> Node:
    return walk.node(core["strict_schema" if walk.setting(core, "strict") else "lax_schema"])


def _chain(walk: Walk, core: Core) -> Node:
    steps = [walk.node(step) for step in core["steps"]]
    return with_checks(
        steps[0 if walk.side == "reader" else -1], {f"then {text_of(step)}" for step in steps[1:]}
    )


def _embedded(walk: Walk, core: Core) -> Node:
    inner = walk.node(core.get("schema") or {"type": "any"})
    return (
        inner if walk.side == "writer" else with_checks({"type": "string"}, {f"holds JSON {text_of(inner)}"})
    )


def _definitions(walk: Walk, core: Core) -> Node:
    walk.definitions.update({each["ref"]: each for each in core["definitions"]})
    return walk.node(core["schema"])


def _reference(walk: Walk, core: Core) -> Node:
    return walk.definition(core["schema_ref"])


HANDLERS: dict[str, Handler] = {
    "default": _default,
    "function-before": _checked,
    "function-after": _checked,
    "function-wrap": _checked,
    "function-plain": _checked,
    "nullable": _nullable,
    "union": _union,
    "tagged-union": _tagged,
    "custom-error": _inner,
    "json-or-python": _as_json,
    "lax-or-strict": _lax_or_strict,
    "chain": _chain,
    "json": _embedded,
    "definitions": _definitions,
    "definition-ref": _reference,
}

"""Models, dataclasses and typed dictionaries."""

from collections.abc import Iterator

from brickline.contracts.derive.identity import identity
from brickline.contracts.derive.walk import Core, Handler, Walk
from brickline.contracts.nodes import Node, unsaid, with_checks


def _model(walk: Walk, core: Core) -> Node:
    with walk.configured(core.get("config", {})):
        if walk.side == "writer" and walk.config.get("polymorphic_serialization"):
            return unsaid("the class that it happens to be of")
        return with_checks(walk.node(core["schema"]), _own_code(core))


def _own_code(core: Core) -> set[str]:
    """Return the code of a class that runs when it is read and may refuse: `__init__` and what follows it."""
    names = ["__init__"] if core.get("custom_init") else []
    post_init = core.get("post_init")
    if post_init:
        names.append("__post_init__" if post_init is True else post_init)
    found = {
        identity(getattr(core["cls"], name), core["cls"]) for name in names if hasattr(core["cls"], name)
    }
    return {name for name in found if not name.endswith("init_private_attributes")}


def _dataclass(walk: Walk, core: Core) -> Node:
    with walk.configured(core.get("config")):
        return with_checks(walk.node(core["schema"]), _own_code(core))


def _fields(walk: Walk, core: Core) -> Node:
    with walk.configured(core.get("config")):
        rows = core["fields"]
        named = rows.items() if isinstance(rows, dict) else ((row["name"], row) for row in rows)
        if walk.side == "writer":
            node = _written(walk, core, [(n, f) for n, f in named if not f.get("serialization_exclude")])
        else:
            node = _read(walk, core, [(n, f) for n, f in named if f.get("init") is not False])
        return {"type": "object", **node, "additionalProperties": _others(walk, core)}


def _others(walk: Walk, core: Core) -> Node | bool:
    behaviour = core.get("extra_behavior") or walk.config.get("extra_fields_behavior") or "ignore"
    if behaviour == "allow":
        if core.get("extras_keys_schema"):
            raise walk.unrepresentable("extra fields whose names are constrained have no schema")
        return walk.node(core["extras_schema"]) if core.get("extras_schema") else {}
    return {} if walk.side == "reader" and behaviour == "ignore" else False


def _required(core: Core, field: Core) -> bool:
    if field["type"] == "typed-dict-field":
        return bool(field.get("required", core.get("total", True)))
    return bool(field["schema"]["type"] != "default")


def _written(walk: Walk, core: Core, fields: list[tuple[str, Core]]) -> Node:
    properties: dict[str, Node] = {}
    required: list[str] = []
    for field_name, field in fields:
        name = field.get("serialization_alias") or field_name
        with walk.inside(field_name):
            properties[name] = walk.node(field["schema"])
        if _required(core, field) and field.get("serialization_exclude_if") is None:
            required.append(name)
    for field in core.get("computed_fields") or ():
        name = field.get("alias") or field["property_name"]
        with walk.inside(field["property_name"]):
            properties[name] = walk.node(field["return_schema"])
        if field.get("serialization_exclude_if") is None:
            required.append(name)
    return {"properties": properties, "required": sorted(required)}


def _read(walk: Walk, core: Core, fields: list[tuple[str, Core]]) -> Node:
    properties: dict[str, Node] = {}
    required: list[str] = []
    for field_name, field in fields:
        with walk.inside(field_name):
            names = list(_names(walk, field_name, field))
            node = walk.node(field["schema"])
        if len(names) > 1:
            node = {**node, "x-names": names[1:]}
        properties[names[0]] = node
        if _required(core, field):
            required.append(names[0])
    return {"properties": properties, "required": sorted(required)}


def _names(walk: Walk, field_name: str, field: Core) -> Iterator[str]:
    """Yield the names under which a reader looks for a field, in its order."""
    alias = field.get("validation_alias")
    if alias is None:
        yield field_name
        return
    if walk.config.get("validate_by_alias") is not False:
        if isinstance(alias, str):
            yield alias
        else:
            for path in alias if isinstance(alias[0], list) else [alias]:
                if len(path) != 1:
                    raise walk.unrepresentable("an alias that is a path into the document has no schema")
                yield path[0]
    if walk.config.get("validate_by_name"):
        yield field_name


HANDLERS: dict[str, Handler] = {
    "model": _model,
    "dataclass": _dataclass,
    "model-fields": _fields,
    "dataclass-args": _fields,
    "typed-dict": _fields,
}

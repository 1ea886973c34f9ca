"""Random documents that a writer with some schema may write."""

import json
from datetime import datetime
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from brickline.contracts import Schema
from brickline.contracts.nodes import Node, resolved, text_of
from brickline.contracts.witness.accepts import accepts
from support.contract_kinds import NAMES


def documents(node: Node, defs: Node, depth: int = 0) -> st.SearchStrategy[Any]:
    """Make documents that a writer may write, optional fields left out or not."""
    node = resolved(node, defs)
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if "anyOf" in node:
        members = sorted(node["anyOf"], key=lambda member: member.get("type") != "null")
        return st.one_of([documents(member, defs, depth) for member in members[: 1 if depth > 4 else None]])
    if "oneOf" in node:
        return st.one_of(
            [
                documents(member, defs, depth).map(lambda value, tag=tag: {**value, "kind": json.loads(tag)})
                for tag, member in node["discriminator"]["mapping"].items()
            ]
        )
    return {"array": arrays, "object": objects}.get(node.get("type", ""), scalars)(node, defs, depth)


def scalars(node: Node, defs: Node, depth: int) -> st.SearchStrategy[Any]:
    made: dict[Any, st.SearchStrategy[Any]] = {
        None: st.none()
        | st.booleans()
        | st.integers(-5, 5)
        | st.text(max_size=3)
        | st.just({})
        | st.just([0]),
        "null": st.none(),
        "boolean": st.booleans(),
        "integer": st.integers(-6, 6) | st.integers(-(10**20), 10**20),
        "number": st.integers(-6, 6) | st.floats(-9, 9) | st.floats(allow_nan=False, allow_infinity=False),
        "uuid": st.uuids().map(str),
        "date": st.dates().map(str),
        "date-time": st.datetimes().map(datetime.isoformat),
        "decimal": (st.integers(-6, 6) | st.decimals(allow_nan=False, allow_infinity=False)).map(str),
    }
    kind = node.get("format") or node.get("type")
    if kind in made:
        return made[kind].filter(lambda value: accepts(node, defs, value, "writes"))
    if "pattern" in node:
        return st.from_regex(node["pattern"]).filter(lambda value: accepts(node, defs, value, "writes"))
    letters = st.characters(codec="utf-8") | st.sampled_from("ßİŉ")  # which are longer in the other case
    return st.text(letters, min_size=node.get("minLength", 0), max_size=node.get("maxLength", 6))


def arrays(node: Node, defs: Node, depth: int) -> st.SearchStrategy[Any]:
    first = [documents(part, defs, depth + 1) for part in node.get("prefixItems", ())]
    if node.get("maxItems") == len(first):
        return st.tuples(*first).map(list)
    least = node.get("minItems", 0) - len(first)
    most = least + 2 if "maxItems" not in node else node["maxItems"] - len(first)
    rest = st.lists(
        st.deferred(lambda: documents(node["items"], defs, depth + 1)),
        min_size=max(least, 0),
        max_size=most if depth < 4 else max(least, 0),
        unique_by=text_of if node.get("uniqueItems") else None,
    )
    return st.tuples(st.tuples(*first), rest).map(lambda both: [*both[0], *both[1]])


def objects(node: Node, defs: Node, depth: int) -> st.SearchStrategy[Any]:
    parts = {
        name: st.deferred(lambda part=part: documents(part, defs, depth + 1))
        for name, part in node.get("properties", {}).items()
    }
    must = {name: part for name, part in parts.items() if name in node["required"]} if parts else {}
    known = st.fixed_dictionaries(must, optional={n: part for n, part in parts.items() if n not in must})
    if node["additionalProperties"] is False:
        return known
    names = documents(node.get("propertyNames", {"type": "string"}), defs, depth + 1)
    names = names.map(lambda name: name if isinstance(name, str) else text_of(name))
    others = st.dictionaries(
        (names | st.sampled_from(NAMES)).filter(
            lambda name: name not in parts and fits_as_key(node, defs, name)
        ),
        documents(node["additionalProperties"], defs, depth + 1),
        min_size=node.get("minProperties", 0),
        max_size=node.get("maxProperties", node.get("minProperties", 0) + 2),
    )
    return st.tuples(known, others).map(lambda both: {**both[1], **both[0]})


def fits_as_key(node: Node, defs: Node, name: str) -> bool:
    names = resolved(node.get("propertyNames", {}), defs)
    if names.get("type") == "integer":
        return name.lstrip("-").isdigit() and name.isascii()
    return accepts(names, defs, name, "writes")


def drawn(data: st.DataObject, writer: Schema) -> Any:
    try:
        return data.draw(documents(writer.document, writer.document["$defs"]))
    except InvalidArgument:  # such as a set of two, of which there is but one value
        assume(False)
        raise

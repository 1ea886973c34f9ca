"""The verdict held against documents: pairs of models, one a mutation of the other, and what each may write.

Models are made from descriptions, which are plain trees and so can be mutated; documents are made from a
writer's schema, and read by the real model of the other side.
"""

import json
import os
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union

from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import SchemaError

from brickline.contracts import Contract, Direction, Proof, Rule, Schema, Verdict, compare
from brickline.contracts.derive.models import reader_schema, writer_schema
from brickline.contracts.nodes import Node, resolved, text_of
from brickline.contracts.witness.accepts import accepts

MANY = os.environ.get("BRICKLINE_TEST_EXAMPLES")
"""As many random pairs as you like; without it, always the same few."""

calmly = settings(
    deadline=None,
    max_examples=int(MANY or 80),
    derandomize=not MANY,
    database=None,
    suppress_health_check=list(HealthCheck),
)

Kind = tuple[Any, ...]
"""A type, described: its name and its parts."""

Either = Union  # made of variables, which `|` does not take all of
PLAIN = ("int", "float", "str", "bool", "decimal", "uuid", "date", "datetime", "any")
NAMES = ("a", "b", "c", "d")
PATTERNS = ("^a+$", "^a*$", "^[0-9a-f]{4}$", r"^\d+-\w$")
small = st.none() | st.integers(0, 4)
bound = st.none() | st.integers(-3, 3)


def numbers() -> st.SearchStrategy[Kind]:
    step = st.sampled_from([None, None, 1, 2, 3])
    return st.tuples(st.sampled_from(["int", "float", "decimal"]), bound, bound, st.booleans(), step)


def strings() -> st.SearchStrategy[Kind]:
    return st.tuples(st.just("str"), small, small) | st.tuples(st.just("pattern"), st.sampled_from(PATTERNS))


def choices() -> st.SearchStrategy[Kind]:
    values = st.sampled_from(["x", "y", "z", 1, 2, True, None])
    return st.tuples(
        st.just("literal"), st.lists(values, min_size=1, max_size=3, unique_by=text_of).map(tuple)
    )


leaves = numbers() | strings() | choices() | st.sampled_from([(name,) for name in PLAIN])


def fields(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[tuple[Any, ...]]:
    row = st.tuples(kinds, st.sampled_from(["required", "required", "optional"]))
    return st.dictionaries(st.sampled_from(NAMES), row, max_size=3).map(
        lambda rows: tuple(sorted(rows.items()))
    )


def around(kinds: st.SearchStrategy[Kind]) -> st.SearchStrategy[Kind]:
    keys = st.sampled_from([("str",), ("int",), ("pattern", "^a+$"), ("literal", ("x", "y")), ("str", 1, 2)])
    return st.one_of(
        st.tuples(st.just("list"), kinds, small, small),
        st.tuples(st.just("set"), st.sampled_from([("int",), ("str",), ("date",)]), small, small),
        st.tuples(st.just("tuple"), kinds, kinds),
        st.tuples(st.just("open tuple"), kinds),
        st.tuples(st.just("map"), keys, kinds, small, small),
        st.tuples(st.just("optional"), kinds),
        st.tuples(st.just("union"), kinds, kinds),
        st.tuples(st.just("model"), fields(kinds), st.sampled_from(["ignore", "ignore", "forbid", "allow"])),
        st.tuples(st.just("tagged"), fields(kinds), fields(kinds), st.sampled_from(["xy", "xz", "yx"])),
        st.tuples(st.just("recursive"), fields(kinds), st.sampled_from(["list", "optional"])),
    )


kinds = st.recursive(leaves, around, max_leaves=4)
models = fields(kinds)


@st.composite
def mutated(draw: st.DrawFn, kind: Any) -> Any:
    """Change one part of a description, or put another in its place."""
    if not isinstance(kind, tuple) or not kind or draw(st.integers(0, 5)) == 0:
        if isinstance(kind, tuple) and kind and isinstance(kind[0], str):
            return draw(
                kinds
                | st.just(("optional", kind))
                | st.just(("union", kind, ("int",)))
                | st.just(("list", kind, None, None))
            )
        return draw(small) if kind is None or isinstance(kind, int) else kind
    if isinstance(kind[0], tuple):  # fields
        what = draw(st.sampled_from(["mutate", "mutate", "mutate", "drop", "rename", "add", "presence"]))
        rows = dict(kind)
        name = draw(st.sampled_from(sorted(rows)))
        if what == "drop":
            del rows[name]
        elif what == "rename":
            rows[draw(st.sampled_from(NAMES))] = rows.pop(name)
        elif what == "add":
            rows[draw(st.sampled_from(NAMES))] = (
                draw(kinds),
                draw(st.sampled_from(["required", "optional"])),
            )
        elif what == "presence":
            rows[name] = (rows[name][0], "required" if rows[name][1] == "optional" else "optional")
        else:
            rows[name] = (draw(mutated(rows[name][0])), rows[name][1])
        return tuple(sorted(rows.items()))
    if kind[0] == "literal":
        return draw(choices())
    places = [place for place in range(1, len(kind)) if not isinstance(kind[place], str)]
    if not places:
        return draw(leaves)
    place = draw(st.sampled_from(places))
    return (*kind[:place], draw(mutated(kind[place])), *kind[place + 1 :])


def limits(least: int | None, most: int | None) -> Any:
    if least is not None and most is not None and most < least:
        least, most = most, least
    return Field(min_length=least, max_length=most)


PLAIN_TYPES: dict[str, Any] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "decimal": Decimal,
    "uuid": uuid.UUID,
    "date": date,
    "datetime": datetime,
    "any": Any,
}
MAKERS: dict[str, Callable[..., Any]] = {
    "str": lambda *bounds: Annotated[str, limits(*bounds)],
    "pattern": lambda pattern: Annotated[str, StringConstraints(pattern=pattern)],
    "literal": lambda values: Literal[tuple(values)],
    "list": lambda item, *bounds: Annotated[list[annotation(item)], limits(*bounds)],
    "set": lambda item, *bounds: Annotated[set[annotation(item)], limits(*bounds)],
    "tuple": lambda one, two: tuple[annotation(one), annotation(two)],
    "open tuple": lambda item: tuple[annotation(item), ...],
    "map": lambda key, value, *bounds: Annotated[dict[annotation(key), annotation(value)], limits(*bounds)],
    "optional": lambda kind: Either[annotation(kind), None],
    "union": lambda one, two: Annotated[Either[annotation(one), annotation(two)], Field()],
    "model": lambda rows, extra: model(rows, extra=extra),
    "tagged": lambda *parts: tagged_union(*parts),
    "recursive": lambda *parts: recursive(*parts),
}


def annotation(kind: Kind) -> Any:
    """Make the type that a description describes."""
    name, *parts = kind
    if not parts:
        return PLAIN_TYPES[name]
    return number(name, *parts) if name in ("int", "float", "decimal") else MAKERS[name](*parts)


def number(name: str, low: int | None, high: int | None, exclusive: bool, step: int | None) -> Any:
    names = ("gt", "lt") if exclusive else ("ge", "le")
    if low is not None and high is not None and high - low < 2:
        high = None
    return Annotated[PLAIN_TYPES[name], Field(**{names[0]: low, names[1]: high}, multiple_of=step)]


def tagged_union(first: Any, second: Any, tags: str) -> Any:
    kinds = ((Literal[tag], tag) if place else (Literal[tag], ...) for place, tag in enumerate(tags))
    members = [model(rows, kind=kind) for rows, kind in zip((first, second), kinds, strict=True)]
    return Annotated[Either[tuple(members)], Field(discriminator="kind")]


def model(rows: Any, *, extra: Any = "ignore", **more: Any) -> type[BaseModel]:
    made = {
        name: (annotation(kind), ... if presence == "required" else Field(default_factory=lambda: None))
        for name, (kind, presence) in rows
    }
    return create_model("Made", __config__=ConfigDict(extra=extra), **made, **more)


def recursive(rows: Any, how: str) -> type[BaseModel]:
    more: Any = list["Tree"] if how == "list" else Either["Tree", None]  # noqa: F821  # the model itself
    made = {name: (annotation(kind), ...) for name, (kind, _) in rows}
    return create_model("Tree", **made, more=(more, ... if how == "list" else None))


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
    return st.text(min_size=node.get("minLength", 0), max_size=node.get("maxLength", 6))


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


def contract(made: type[BaseModel]) -> Contract:
    return Contract("topic", 1, writer_schema(made), reader_schema(made))


def reads(made: type[BaseModel], document: object) -> bool:
    try:
        made.model_validate_json(json.dumps(document))
    except ValidationError:
        return False
    return True


def buildable(rows: Any) -> type[BaseModel]:
    try:
        return model(rows)
    except (TypeError, ValueError, SchemaError):  # such as a multiple of 0
        assume(False)
        raise


def check_sides(old: type[BaseModel], new: type[BaseModel], data: st.DataObject) -> None:
    before, after = contract(old), contract(new)
    verdict = compare(before, after, old_model=old.model_validate_json, new_model=new.model_validate_json)
    for safe, writer, reader in (
        (verdict.backward, before.writer, new),
        (verdict.forward, after.writer, old),
    ):
        event(f"safe: {safe}")
        if safe:
            for _ in range(3):
                document = drawn(data, writer)
                assert reads(reader, document), f"{document} is refused, which was called safe"
    check_witnesses(verdict, before, after, old, new)
    check_witnesses(compare(before, after), before, after, old, new)


def check_witnesses(
    verdict: Verdict, before: Contract, after: Contract, old: type[BaseModel], new: type[BaseModel]
) -> None:
    for broken in verdict.breaks:
        event(broken.rule)
        if broken.rule is Rule.NOT_UNDERSTOOD and (
            broken.witness is None or broken.witness.proof is Proof.NONE
        ):
            event(f"not understood: {broken.says.partition(':')[2][:60]}")
            continue
        backward = broken.direction is Direction.BACKWARD
        assert broken.witness is not None
        assert not reads(new if backward else old, broken.witness.document), broken
        writer = (before if backward else after).writer.document
        assert accepts(writer, writer["$defs"], broken.witness.document, "writes"), broken


@calmly
@given(models, st.data())
def test_of_a_model_and_its_mutation_no_safe_change_is_refuted_and_every_witness_is_rejected(
    rows: Any, data: st.DataObject
) -> None:
    old = buildable(rows)
    assume(rows)
    changed = data.draw(mutated(rows))
    new = buildable(changed)
    check_sides(old, new, data)


@calmly
@given(models)
def test_a_model_that_does_not_change_breaks_nobody(rows: Any) -> None:
    made = buildable(rows)
    verdict = compare(contract(made), contract(made))
    assert verdict.full, verdict.breaks
    assert not verdict.flags


@calmly
@given(models, st.data())
def test_a_document_of_a_writer_is_read_and_what_is_then_written_is_again_one(
    rows: Any, data: st.DataObject
) -> None:
    made = buildable(rows)
    document = drawn(data, writer_schema(made))
    schema = writer_schema(made).document
    written = json.loads(
        made.model_validate_json(json.dumps(document)).model_dump_json(by_alias=True, exclude_unset=True)
    )
    assert accepts(schema, schema["$defs"], written, "writes"), written

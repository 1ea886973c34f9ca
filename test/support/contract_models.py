"""Models of what was described, their contracts, and how often random ones are tried."""

import enum
import json
import operator
import os
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union

from hypothesis import HealthCheck, assume, settings
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic_core import PydanticSerializationError, SchemaError

from brickline.contracts import Contract, UnrepresentableModel
from brickline.contracts.derive.models import reader_schema, writer_schema
from support.contract_kinds import Kind

MANY = os.environ.get("BRICKLINE_TEST_EXAMPLES")
"""As many random pairs as you like; without it, always the same few."""

calmly = settings(
    deadline=None,
    max_examples=int(MANY or 80),
    derandomize=not MANY,
    database=None,
    suppress_health_check=list(HealthCheck),
)

Either = Union  # made of variables, which `|` does not take all of


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
    "json": JsonValue,
}
SERVED: dict[str, Any] = {
    "dumps": Annotated[dict[str, str], PlainSerializer(json.dumps)],
    "hex": Annotated[int, PlainSerializer(hex)],
    "name": Annotated[int, PlainSerializer(operator.attrgetter("real"))],
    "float of decimal": Annotated[Decimal, PlainSerializer(float)],
}
MAKERS: dict[str, Callable[..., Any]] = {
    "str": lambda *bounds: Annotated[str, limits(*bounds)],
    "pattern": lambda pattern: Annotated[str, StringConstraints(pattern=pattern)],
    "altered": lambda how, most: Annotated[str, StringConstraints(**{how: True}, max_length=most)],
    "flags": lambda kind, bits: getattr(enum, kind)("Bits", {f"B{bit}": bit for bit in bits}),
    "served": lambda how: SERVED[how],
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


def buildable(rows: Any) -> type[BaseModel]:
    try:
        made = model(rows)
        contract(made)
    except UnrepresentableModel:  # such as a map by pairs: there is nothing to call safe
        assume(False)
        raise
    except (TypeError, ValueError, SchemaError):  # such as a multiple of 0
        assume(False)
        raise
    return made


def contract(made: type[BaseModel]) -> Contract:
    return Contract("topic", 1, writer_schema(made), reader_schema(made))


def reads(made: type[BaseModel], document: object) -> bool:
    try:
        made.model_validate_json(json.dumps(document))
    except ValidationError:
        return False
    return True


def writes(made: type[BaseModel], document: object) -> Any:
    """Return what is written of what was read; the same if a default is such that nothing can be."""
    read = made.model_validate_json(json.dumps(document))
    try:
        return json.loads(read.model_dump_json(by_alias=True, warnings=False))
    except PydanticSerializationError:
        return document

"""The two schemas of a model."""

from typing import Any

from pydantic import PydanticUserError, TypeAdapter

from brickline.contracts.contract import Schema
from brickline.contracts.derive import containers, objects, scalars, wrappers
from brickline.contracts.derive.serializers import serialized
from brickline.contracts.derive.walk import Handler, Side, Walk
from brickline.contracts.errors import UnrepresentableModel

_HANDLERS: dict[str, Handler] = {
    **scalars.HANDLERS,
    **containers.HANDLERS,
    **objects.HANDLERS,
    **wrappers.HANDLERS,
}


def writer_schema(model: type[Any]) -> Schema:
    """Return what the model writes on the wire: by alias, closed, fields with a default optional.

    Raises `UnrepresentableModel`.
    """
    return _schema(model, "writer")


def reader_schema(model: type[Any]) -> Schema:
    """Return what the model accepts. Raises `UnrepresentableModel`."""
    return _schema(model, "reader")


def _schema(model: type[Any], side: Side) -> Schema:
    name = getattr(model, "__name__", repr(model))
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(model)
        walk = Walk(side, _HANDLERS, serialized)
        root = walk.node(adapter.core_schema)
    except UnrepresentableModel as error:
        raise UnrepresentableModel(f"{name} has no {side}'s schema: {error}") from error
    except PydanticUserError as error:
        raise UnrepresentableModel(f"{name} has no schema: {error.message}") from error
    return Schema.of({**root, "$defs": walk.defs})

"""The two schemas of a model."""

from typing import Any

from pydantic import PydanticUserError, TypeAdapter

from brickline.contracts.contract import Schema
from brickline.contracts.derive import containers, objects, scalars, wrappers
from brickline.contracts.derive.definitions import named
from brickline.contracts.derive.serializers import serialized
from brickline.contracts.derive.walk import Handler, Side, Walk
from brickline.contracts.errors import UnrepresentableModel
from brickline.contracts.nodes import Node, text_of

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
        document = named(walk.node(adapter.core_schema), walk.defs)
        schema = Schema.of(document)
        if not _is_text(schema.text):
            raise UnrepresentableModel(f"{_odd(document)}: it holds a text that UTF-8 has no form for")
    except UnrepresentableModel as error:
        raise UnrepresentableModel(f"{name} has no {side}'s schema: {error}") from error
    except PydanticUserError as error:
        raise UnrepresentableModel(f"{name} has no schema: {error.message}") from error
    except Exception as error:  # a model brings code of its own, which may raise anything
        raise UnrepresentableModel(f"{name} has no schema: {type(error).__name__}: {error}") from error
    return schema


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # such as half of a surrogate pair
        return False
    return True


def _odd(document: Node) -> str:
    """Return the field that is to blame."""
    parts = [part for node in document["$defs"].values() for part in node.get("properties", {}).items()]
    return next((name for name, part in parts if not _is_text(text_of(part))), "$")

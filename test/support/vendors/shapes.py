"""Checks of what is sent, as strict as the vendors'."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class Strict(BaseModel):
    """Knows these fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, validate_by_alias=True)


def misfit(shape: type[BaseModel], body: Mapping[str, Any]) -> str | None:
    """What in `body` is not of that shape: the first thing that is wrong."""
    try:
        shape.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return None


def nodes(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every schema within `schema`."""
    yield schema
    for name in ("properties", "$defs"):
        for child in schema.get(name, {}).values():
            yield from nodes(child)
    for child in schema.get("anyOf", []):
        yield from nodes(child)
    if "items" in schema:
        yield from nodes(schema["items"])


def unknown_keyword(schema: Mapping[str, Any], known: set[str]) -> str | None:
    """A keyword that is not among `known`, anywhere in `schema`."""
    return next((keyword for node in nodes(schema) for keyword in node if keyword not in known), None)


def open_object(schema: Mapping[str, Any]) -> bool:
    """Whether any object may have properties that are not named."""
    return any(
        node.get("type") == "object" and node.get("additionalProperties") is not False
        for node in nodes(schema)
    )

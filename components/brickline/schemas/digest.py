"""A short name for what a payload's version says, by which two releases are told apart."""

import json
from collections.abc import Mapping, Set
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from pydantic_core import PydanticSerializationError

from brickline.schemas.errors import PayloadError
from brickline.schemas.payload import Payload

_DIGITS = 16
_MODES: tuple[JsonSchemaMode, ...] = ("validation", "serialization")
_PROSE = frozenset({"title", "description", "examples", "deprecated", "$comment"})
_BY_NAME = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
"""Keywords whose keys are names that the model chose: a field may well be called `title`."""
_DATA = frozenset({"default", "const", "enum", "discriminator"})


@cache
def schema_digest(payload: type[Payload]) -> str:
    """Return 16 hexadecimal digits of SHA-256 over the version and pydantic's JSON schemas of both modes.

    It changes with a field, a type, a constraint, a default or the version; not with titles, descriptions,
    the order of fields, or what only a validator function knows. Another release of pydantic may word a
    schema differently: a different digest says "look", not "broken".

    Raises `PayloadError` for a model that has no JSON schema.
    """
    try:
        schemas = [payload.model_json_schema(mode=mode, schema_generator=_Quiet) for mode in _MODES]
    except PydanticUserError as error:
        raise PayloadError(
            f"{payload.__module__}.{payload.__qualname__} has no JSON schema: {error.message}; "
            "give each field a type that JSON can hold, defined before it is asked for"
        ) from error
    said = json.dumps([payload.version, *map(_without_prose, schemas)], sort_keys=True)
    return sha256(said.encode()).hexdigest()[:_DIGITS]


class _Quiet(GenerateJsonSchema):
    """Says nothing about what it leaves out, and puts a default alike in every process."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}  # noqa: RUF012  # as in its base

    def encode_default(self, dft: Any) -> Any:
        """Encode a default; the sets in it, which each process iterates in another order, sorted."""
        try:
            plain = TypeAdapter(type(dft)).dump_python(dft, by_alias=self.by_alias)
        except Exception as error:
            raise PydanticSerializationError(
                f"unable to encode the default: {type(error).__name__}"
            ) from error
        return self._encoded(plain)

    def _encoded(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                str(super(_Quiet, self).encode_default(key)): self._encoded(each)
                for key, each in value.items()
            }
        if isinstance(value, Set):
            return sorted(map(self._encoded, value), key=lambda each: json.dumps(each, sort_keys=True))
        if isinstance(value, list | tuple):
            return [self._encoded(each) for each in value]
        return super().encode_default(value)


def _without_prose(schema: Any) -> Any:
    """Return the schema without what is written for people, and with what has no order sorted."""
    if isinstance(schema, list):
        return [_without_prose(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _kept(key, value) for key, value in schema.items() if key not in _PROSE}


def _kept(key: str, value: Any) -> Any:
    if key in _DATA:
        return value
    if key in _BY_NAME:
        return {name: _without_prose(each) for name, each in value.items()}
    return sorted(value) if key == "required" else _without_prose(value)

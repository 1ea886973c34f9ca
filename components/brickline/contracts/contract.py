"""What a topic's writer writes and what its reader reads, at one version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from brickline.contracts.errors import UnreadableSchema
from brickline.contracts.nodes import text_of


@dataclass(frozen=True)
class Schema:
    """A schema in canonical form: equal texts mean equal schemas, whatever the order of a model's fields."""

    text: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Schema":
        """Bring a schema into canonical form."""
        return cls(text_of(document))

    @classmethod
    def parse(cls, text: str) -> "Schema":
        """Read a schema that was stored. Raises `UnreadableSchema`."""
        try:
            document = json.loads(text)
        except ValueError as error:
            raise UnreadableSchema(f"the schema is not JSON: {error}") from error
        if not isinstance(document, dict) or not isinstance(document.get("$defs"), dict):
            raise UnreadableSchema('the schema is not an object with "$defs": write it anew from its model')
        return cls.of(document)

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The schema as JSON. Not to be changed."""
        loaded: dict[str, Any] = json.loads(self.text)
        return loaded

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Contract:
    """One version of a topic's payload, from both sides."""

    topic: str
    version: int
    writer: Schema
    """What may be written: closed, so that a name it does not list is never written."""
    reader: Schema
    """What is accepted."""

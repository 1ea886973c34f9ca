"""The contract of what every event is wrapped in, whatever its payload."""

from collections.abc import Mapping
from typing import Any

from brickline.contracts.contract import Contract, Schema
from brickline.contracts.derive.models import reader_schema

ENVELOPE = "envelope"
"""What its snapshot is called, as a topic's is called by the topic."""
ENVELOPE_VERSION = 1
"""The only one: no event says which envelope it is in, so that an older one could be brought up to date."""


def envelope_contract(model: type[Any]) -> Contract:
    """Return it, by what readers accept: any of that a writer may send, and no other attribute.

    Raises `UnrepresentableModel`.
    """
    reader = reader_schema(model)
    return Contract(ENVELOPE, ENVELOPE_VERSION, Schema.of(_closed(reader.document)), reader)


def _closed(document: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(document.get("$ref", "")).rpartition("/")[2]
    definitions = document["$defs"]
    if name not in definitions:
        return {**document, "additionalProperties": False}
    return {**document, "$defs": {**definitions, name: {**definitions[name], "additionalProperties": False}}}

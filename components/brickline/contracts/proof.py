"""A document is a witness only if the other side really rejects it."""

import json
from collections.abc import Callable, Iterable

from pydantic import JsonValue, ValidationError

from brickline.contracts.errors import ContractError
from brickline.contracts.nodes import Node
from brickline.contracts.verdict import Proof, Witness
from brickline.contracts.witness.accepts import accepts

Parser = Callable[[bytes], object]
"""Reads the JSON of a payload, as a model's `model_validate_json` does; raises anything to reject it.

A `ContractError` is no rejection: the model could not be asked, and the comparison fails with it.
"""


class Rejected(Exception):
    """Raised by a parser that asks a model elsewhere; its text is that model's own complaint."""


def witness_of(
    values: Iterable[JsonValue], writer: Node, reader: Node, model: Parser | None
) -> Witness | None:
    """Return the first document that may be written and is really rejected, else an example, else None."""
    first: Witness | None = None
    for value in values:
        if not accepts(writer, writer.get("$defs", {}), value, "writes"):
            continue
        rejected, complaint = rejects(value, reader, model)
        if rejected:
            return Witness(value, Proof.SCHEMA if model is None else Proof.MODEL, complaint)
        first = first or Witness(value, Proof.NONE)
    return first


def rejects(value: JsonValue, reader: Node, model: Parser | None) -> tuple[bool, str]:
    """Whether the real model, or for want of one the schema, rejects a document; and what the model says."""
    if model is None:
        return not accepts(reader, reader.get("$defs", {}), value, "may read"), ""
    try:
        model(json.dumps(value).encode())
    except ContractError:
        raise
    except (Exception, SystemExit) as error:  # whatever a validator raises, it is no acceptance
        return True, complaint_of(error)
    return False, ""


def complaint_of(error: BaseException) -> str:
    """Return what a model says of a document that it rejects, on one line."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or '$'}: {first['msg']}"
    said = str(error) if isinstance(error, Rejected) else f"{type(error).__name__}: {error}"
    return said.partition("\n")[0]

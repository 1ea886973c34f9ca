"""One document of an older version, and what the real model says of it."""

from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from brickline.contracts.contract import Contract
from brickline.contracts.limit import TookTooLong, limited
from brickline.contracts.proof import complaint_of
from brickline.schemas import (
    MAX_EVENT_BYTES,
    InvalidPayload,
    OversizedEvent,
    Payload,
    SchemaError,
    decode,
    upcast,
)

ENDLESS = "endless"
"""The kind of a failure that took all the time there was: nothing more is worth trying."""

# A validator may raise anything, and none of it is an acceptance.
_ANYTHING = (Exception, SystemExit, TookTooLong)
_ANY_ID = "00000000-0000-7000-8000-000000000001"
_ANY_TRACE = "00-0000000000000000000000000000000f-000000000000000f-01"


@dataclass(frozen=True)
class Failure:
    """Why a document was not read, or not twice in the same way."""

    kind: str
    """The same of what has the same cause, whatever the values."""
    says: str
    path: str
    complaint: str
    details: tuple[ErrorDetails, ...] = ()
    """What the model found wrong with the data that its upcasters returned, if they did."""


def event_of(topic: str, version: int, document: JsonValue) -> bytes:
    """Return the bytes of an event with these data, as a writer of that version would have published it."""
    return to_json(
        {
            "specversion": "1.0",
            "id": _ANY_ID,
            "type": topic,
            "source": "contracts",
            "time": "2001-01-01T00:00:00Z",
            "datacontenttype": "application/json",
            "dataschema": f"urn:brickline:schema:{topic}:{version}",
            "traceparent": _ANY_TRACE,
            "tenant": "contracts",
            "data": document,
        }
    )


def failure_as_event(document: JsonValue, old: Contract, model: type[Payload]) -> Failure | None:
    """Decode it as an event on the wire, twice; None if all is well, or no event may be as large."""
    body = event_of(old.topic, old.version, document)
    try:
        with limited():
            first, second = _data(body, model), _data(body, model)
    except OversizedEvent:
        return None
    except _ANYTHING as error:
        return _failure(error)
    if first == second:
        return None
    says = "its upcasters make something else of the same document each time"
    return Failure("changing", says, "$", f"{says}: {_shown(first)}, then {_shown(second)}")


def failure_as_data(document: JsonValue, old: Contract, model: type[Payload]) -> Failure | None:
    """Read the data alone, by the steps that `decode` takes for an older version: in half the time."""
    data = to_json(document)
    if len(data) > MAX_EVENT_BYTES:
        return None
    try:
        with limited():
            # A copy, for the upcasters may change it.
            model.model_validate_json(upcast(from_json(data), old.version, model))
    except _ANYTHING as error:
        return _failure(error)
    return None


def _data(body: bytes, model: type[Payload]) -> dict[str, Any]:
    """Return what was in the data; a default is not, and may come of a factory."""
    return decode(body, model).payload.model_dump(exclude_unset=True)


def _failure(error: BaseException) -> Failure:
    cause = error.__cause__
    if isinstance(error, InvalidPayload) and isinstance(cause, ValidationError):
        return _misfit(cause)
    if isinstance(error, ValidationError):
        return _misfit(error)
    if isinstance(error, TookTooLong):
        said = ": ".join([*getattr(error, "__notes__", ()), str(error)])
        return Failure(ENDLESS, said, "$", said)
    if not isinstance(error, SchemaError):
        said = complaint_of(error)
        return Failure(type(error).__name__, f"the model says: {_shown(said)}", "$", _shown(said))
    said = str(error)
    kind = said
    if cause is not None and str(cause) not in said:
        # Of a missing key its name is all that matters; other texts may quote a value, each time another.
        kind = f"{said}: {cause}" if isinstance(cause, LookupError | AttributeError) else said
        said = f"{said}: {cause}"
    return Failure(kind, _shown(said), "$", _shown(said))


def _misfit(error: ValidationError) -> Failure:
    details = tuple(error.errors(include_url=False))
    path, said = _path(details[0]["loc"]), complaint_of(error)
    return Failure(f"{path}: {details[0]['type']}", f"the model says: {said}", path, said, details)


def _path(location: tuple[int | str, ...]) -> str:
    joined = "".join("[*]" if isinstance(step, int) else f".{step}" for step in location)
    return joined.removeprefix(".") or "$"


def _shown(value: object) -> str:
    return str(value).partition("\n")[0][:500]

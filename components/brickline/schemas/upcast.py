"""Bringing the data of an older version up to date."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic_core import from_json, to_json

from brickline.schemas.errors import InvalidPayload, UnknownVersion
from brickline.schemas.payload import Payload


def upcast(data: Any, version: int, payload_type: type[Payload]) -> bytes:
    """Return the data as JSON of the version of `payload_type`. Raises `UnknownVersion`, `InvalidPayload`.

    `data` is the caller's to give away: an upcaster may change what it is given.
    """
    if version not in payload_type.readable():
        raise UnknownVersion(_cannot_read(version, payload_type))
    body = None
    for start in range(version, payload_type.version):
        with _failing_as(f"data of {payload_type.topic!r} version {start} cannot be upcast to {start + 1}"):
            # Each step is given its own copy, as JSON: the one before may have returned what others hold too.
            body = _step(data if body is None else from_json(body), start, payload_type)
    if body is not None:
        return body
    with _failing_as(f"data of {payload_type.topic!r} version {version} is no JSON"):
        return to_json(data)


def _step(data: Any, start: int, payload_type: type[Payload]) -> bytes:
    if not isinstance(data, Mapping):
        raise _NotAnObject(f"it is of type {type(data).__name__}, not an object with fields")
    result: object = payload_type.upcasters[start](data)
    if not isinstance(result, Mapping):
        raise _NotAnObject(f"its upcaster returned {type(result).__name__}, not a mapping of fields")
    return to_json(result)


def _cannot_read(version: int, payload_type: type[Payload]) -> str:
    topic, own, oldest = payload_type.topic, payload_type.version, payload_type.readable()[0]
    reads = f"version {own}" if oldest == own else f"versions {oldest} to {own}"
    what = f"{topic!r} version {version} cannot be read: this reader knows {reads}"
    if version > own:
        return f"{what}. A later release wrote it: deploy the reader's, then replay"
    return f"{what} and has no upcaster from version {version}: bring that back, then replay"


class _NotAnObject(Exception):
    """Carries a text of this brick, that quotes no data."""


@contextmanager
def _failing_as(what: str) -> Iterator[None]:
    """Turn whatever an upcaster raises into `InvalidPayload`, without its text, which may quote the data.

    To exit is no way to refuse a document: it would end whoever reads. What interrupts from outside goes on,
    with a note of where it was.
    """
    try:
        yield
    except _NotAnObject as error:
        raise InvalidPayload(f"{what}: {error}") from error
    except (Exception, SystemExit) as error:
        raise InvalidPayload(f"{what}: {type(error).__name__}") from error
    except BaseException as error:
        error.add_note(what)
        raise

"""Bringing the data of an older version up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic_core import to_json

from brickline.schemas.envelope import Payload
from brickline.schemas.errors import InvalidPayload, UnknownVersion


def upcast(data: Any, version: int, payload_type: type[Payload]) -> bytes:
    """Return the data as JSON of the version of `payload_type`. Raises `UnknownVersion`, `InvalidPayload`."""
    topic, written = payload_type.topic, version
    while version != payload_type.version:
        upcaster = payload_type.upcasters.get(version)
        if upcaster is None:
            raise UnknownVersion(
                f"{topic!r} version {written} cannot be read: this reader knows version "
                f"{payload_type.version} and has no upcaster from version {version}"
            )
        with _failing_as(f"data of {topic!r} version {version} cannot be upcast to {version + 1}"):
            data, version = upcaster(data), version + 1
    with _failing_as(f"data of {topic!r} version {version} is no JSON after its upcasters"):
        return to_json(data)


@contextmanager
def _failing_as(what: str) -> Iterator[None]:
    """Turn whatever an upcaster raises into `InvalidPayload`, without its text, which may quote the data."""
    try:
        yield
    except Exception as error:
        raise InvalidPayload(f"{what}: {type(error).__name__}") from error

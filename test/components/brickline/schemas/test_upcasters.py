"""An older version is brought up to date step by step, or refused with the step that is missing or failed."""

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from brickline.schemas import InvalidPayload, Payload, UnknownVersion, Upcaster, decode

SECRET = "Mrs-Quill-of-14-Bay-Road"
ENVELOPE = (
    b'{"specversion":"1.0","id":"0197c8a0-0000-7000-8000-000000000001","type":"letter.sent","source":"post",'
    b'"time":"2026-01-01T00:00:00Z","dataschema":"urn:brickline:schema:letter.sent:%d",'
    b'"traceparent":"00-11111111111111111111111111111111-2222222222222222-01","tenant":"acme","data":%s}'
)


def split_name(data: Mapping[str, Any]) -> Mapping[str, Any]:
    first, last = data["name"].split(" ")
    return {"first": first, "last": last}


def add_country(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**data, "country": "unknown"}


class LetterSent(Payload):
    topic: ClassVar[str] = "letter.sent"
    version: ClassVar[int] = 3
    upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name, 2: add_country}

    first: str
    last: str
    country: str


def letter(version: int, data: bytes) -> LetterSent:
    return decode(ENVELOPE % (version, data), LetterSent).payload


def test_upcasters_are_applied_one_after_the_other() -> None:
    assert letter(1, b'{"name": "Ada Quill"}') == LetterSent(first="Ada", last="Quill", country="unknown")


def test_a_chain_is_entered_where_the_event_stands() -> None:
    read = letter(2, b'{"first": "Ada", "last": "Quill"}')
    assert read == LetterSent(first="Ada", last="Quill", country="unknown")


def test_the_newest_version_passes_no_upcaster() -> None:
    read = letter(3, b'{"first": "Ada", "last": "Quill", "country": "FR"}')
    assert read.country == "FR"


def test_what_was_upcast_carries_the_version_it_was_brought_to() -> None:
    assert decode(ENVELOPE % (1, b'{"name": "Ada Quill"}'), LetterSent).version == 3


def test_a_gap_in_the_chain_is_refused_with_the_version_it_starts_from() -> None:
    class Gapped(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name}

    with pytest.raises(UnknownVersion, match="has no upcaster from version 2"):
        decode(ENVELOPE % (1, b'{"name": "Ada Quill"}'), Gapped)


@pytest.mark.parametrize(
    "data", [b'{"name": "%s"}', b'{"surname": "%s"}', b'{"name": ["%s"]}', b'"%s"', b"[1]", b"null", b"7"]
)
def test_a_failing_upcaster_is_a_contract_failure_that_tells_no_value(data: bytes) -> None:
    body = data.replace(b"%s", SECRET.encode())
    with pytest.raises(InvalidPayload, match="version 1 cannot be upcast to 2") as caught:
        letter(1, body)
    assert "Quill" not in str(caught.value)


@pytest.mark.parametrize(
    "result", [None, object(), {1, 2}, {"first": object()}, {"first": float("nan")}, "text"]
)
def test_an_upcaster_that_returns_nonsense_is_a_contract_failure(result: Any) -> None:
    class Nonsense(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name, 2: lambda _: result}

    with pytest.raises(InvalidPayload):
        decode(ENVELOPE % (2, b"{}"), Nonsense)


def test_an_upcaster_cannot_be_kept_going_by_data_that_refers_to_itself() -> None:
    endless: dict[str, Any] = {}
    endless["first"] = endless

    class Endless(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {2: lambda _: endless}

    with pytest.raises(InvalidPayload):
        decode(ENVELOPE % (2, b"{}"), Endless)

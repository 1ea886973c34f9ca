"""An older version is brought up to date step by step, or refused with the step that is missing or failed."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

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


@pytest.mark.parametrize(
    ("version", "says"),
    [
        (1, "this reader knows versions 2 to 3 and has no upcaster from version 1: bring that back"),
        (4, "this reader knows versions 2 to 3. A later release wrote it: deploy the reader's"),
    ],
)
def test_a_version_beyond_either_end_of_the_chain_is_refused_with_what_to_do(version: int, says: str) -> None:
    class Shortened(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {2: add_country}

    with pytest.raises(UnknownVersion, match=f"version {version} cannot be read: {says}"):
        decode(ENVELOPE % (version, b'{"first": "Ada", "last": "Quill", "country": "FR"}'), Shortened)


@pytest.mark.parametrize(
    "data", [b'{"name": "%s"}', b'{"surname": "%s"}', b'{"name": ["%s"]}', b'"%s"', b"[1]", b"null", b"7"]
)
def test_a_failing_upcaster_is_a_contract_failure_that_tells_no_value(data: bytes) -> None:
    body = data.replace(b"%s", SECRET.encode())
    with pytest.raises(InvalidPayload, match="version 1 cannot be upcast to 2") as caught:
        letter(1, body)
    assert "Quill" not in str(caught.value)


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (None, "its upcaster returned NoneType, not a mapping of fields"),
        ({1, 2}, "its upcaster returned set, not a mapping of fields"),
        (["first", "last"], "its upcaster returned list, not a mapping of fields"),
        ("text", "its upcaster returned str, not a mapping of fields"),
        ({"first": object()}, "PydanticSerializationError"),
        ({"first": float("nan")}, "does not fit"),
    ],
)
def test_an_upcaster_that_returns_nonsense_is_a_contract_failure(result: Any, says: str) -> None:
    class Nonsense(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: split_name, 2: lambda _: result}

    with pytest.raises(InvalidPayload, match=says):
        decode(ENVELOPE % (2, b"{}"), Nonsense)


def test_an_upcaster_that_exits_is_a_contract_failure_and_ends_nobody() -> None:
    class Leaving(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {2: lambda _: sys.exit(0)}

    with pytest.raises(InvalidPayload, match="version 2 cannot be upcast to 3: SystemExit"):
        decode(ENVELOPE % (2, b"{}"), Leaving)


def test_what_interrupts_an_upcaster_goes_on_and_says_where_it_was() -> None:
    def interrupted(data: Mapping[str, Any]) -> Mapping[str, Any]:
        raise KeyboardInterrupt

    class Interrupted(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {2: interrupted}

    with pytest.raises(KeyboardInterrupt) as caught:
        decode(ENVELOPE % (2, b"{}"), Interrupted)
    assert caught.value.__notes__ == ["data of 'letter.sent' version 2 cannot be upcast to 3"]


@pytest.mark.parametrize("data", [b"[]", b"7", b"null"])
def test_an_upcaster_is_given_an_object_or_nothing_at_all(data: bytes) -> None:
    given: list[object] = []

    def curious(data: Mapping[str, Any]) -> Mapping[str, Any]:
        given.append(data)
        return {}

    class Curious(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {2: curious}

    with pytest.raises(InvalidPayload, match=r"cannot be upcast to 3: it is of type .*, not an object"):
        decode(ENVELOPE % (2, data), Curious)
    assert given == []


def test_what_an_upcaster_changes_in_place_nobody_else_sees() -> None:
    shared: dict[str, Any] = {"first": "Ada", "last": "Quill", "names": ["Ada"]}

    def careless(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return shared

    def rude(data: Any) -> Mapping[str, Any]:
        data["country"] = "x" * len(data["names"])
        data["names"].append(data.pop("last"))
        return {**data, "last": "Quill"}

    class Shared(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: careless, 2: rude}

    body = ENVELOPE % (1, b"{}")
    assert [decode(body, Shared).payload.country for _ in range(3)] == ["x"] * 3
    assert shared == {"first": "Ada", "last": "Quill", "names": ["Ada"]}


def test_the_next_upcaster_is_given_json_whatever_the_one_before_made_of_it() -> None:
    def dated(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"first": UUID(int=7), "last": datetime(2026, 1, 1, tzinfo=UTC)}

    def joined(data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"first": data["first"][-2:], "last": data["last"][:4], "country": "FR"}

    class Typed(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {1: dated, 2: joined}

    read = decode(ENVELOPE % (1, b"{}"), Typed).payload
    assert (read.first, read.last) == ("07", "2026")


def test_an_upcaster_cannot_be_kept_going_by_data_that_refers_to_itself() -> None:
    endless: dict[str, Any] = {}
    endless["first"] = endless

    class Endless(LetterSent):
        upcasters: ClassVar[Mapping[int, Upcaster]] = {2: lambda _: endless}

    with pytest.raises(InvalidPayload):
        decode(ENVELOPE % (2, b"{}"), Endless)

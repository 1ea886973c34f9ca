"""Whatever the bytes, reading them gives an event or a `SchemaError`, whose text tells no tenant's data."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brickline.schemas import (
    AnalysisCompleted,
    BaseEvent,
    DataProcessed,
    InvalidPayload,
    Payload,
    SchemaError,
    UnexpectedTopic,
    UnknownVersion,
    UnreadableEvent,
    decode,
    encode,
    peek,
)
from support.any_event import PAYLOADS, events

calmly = settings(deadline=None, max_examples=100)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
SECRET = "Mrs-Quill-of-14-Bay-Road"


def read_or_refuse(body: bytes, payload_type: type[Payload]) -> None:
    with suppress(SchemaError):
        decode(body, payload_type)


def document(**changes: Any) -> dict[str, Any]:
    """A valid event's JSON with attributes replaced; `...` removes one."""
    payload = DataProcessed(document_id=uuid4(), title="T", content="C")
    event = BaseEvent[Payload].of(
        payload,
        event_id=uuid4(),
        trace_id="1" * 32,
        occurred_at=datetime.now(UTC),
        source="ingestion",
        tenant="acme",
    )
    changed = {**json.loads(encode(event)), **changes}
    return {name: value for name, value in changed.items() if value is not ...}


def body_of(**changes: Any) -> bytes:
    return json.dumps(document(**changes)).encode()


@calmly
@given(st.binary(max_size=200), st.sampled_from(PAYLOADS))
def test_arbitrary_bytes_are_refused(body: bytes, payload_type: type[Payload]) -> None:
    with pytest.raises(UnreadableEvent):
        decode(body, payload_type)
    with pytest.raises(UnreadableEvent):
        peek(body)


@calmly
@given(JSON, st.sampled_from(PAYLOADS))
def test_arbitrary_json_is_refused(value: Any, payload_type: type[Payload]) -> None:
    with pytest.raises(UnreadableEvent):
        decode(json.dumps(value).encode(), payload_type)


@calmly
@given(events(), st.data())
def test_an_event_with_bytes_flipped_is_read_or_refused(
    event: BaseEvent[Payload], data: st.DataObject
) -> None:
    body = bytearray(encode(event))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(body), type(event.payload))


@calmly
@given(events(), st.data())
def test_an_event_cut_short_is_refused(event: BaseEvent[Payload], data: st.DataObject) -> None:
    body = encode(event)
    with pytest.raises(UnreadableEvent):
        decode(body[: data.draw(st.integers(0, len(body) - 1))], type(event.payload))


@calmly
@given(events(), st.data())
def test_an_event_with_an_attribute_of_any_other_value_is_read_or_refused(
    event: BaseEvent[Payload], data: st.DataObject
) -> None:
    changed = json.loads(encode(event))
    changed[data.draw(st.sampled_from(sorted(changed)))] = data.draw(JSON)
    read_or_refuse(json.dumps(changed).encode(), type(event.payload))


@calmly
@given(events(), st.data())
def test_an_event_with_a_field_of_any_other_value_is_read_or_refused(
    event: BaseEvent[Payload], data: st.DataObject
) -> None:
    changed = json.loads(encode(event))
    changed["data"][data.draw(st.sampled_from(sorted(changed["data"])))] = data.draw(JSON)
    read_or_refuse(json.dumps(changed).encode(), type(event.payload))


@pytest.mark.parametrize(
    "attribute",
    ["specversion", "id", "type", "source", "time", "dataschema", "traceparent", "tenant", "data"],
)
def test_a_missing_attribute_is_named(attribute: str) -> None:
    with pytest.raises(UnreadableEvent, match=attribute):
        decode(body_of(**{attribute: ...}), DataProcessed)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("specversion", "0.3"),
        ("id", "7"),
        ("time", "2026-01-01T00:00:00"),
        ("dataschema", "urn:brickline:schema:data.processed:0"),
        ("dataschema", "urn:brickline:schema:data.processed:x"),
        ("dataschema", "https://example.org/schema"),
        ("traceparent", "00-" + "0" * 32 + "-" + "1" * 16 + "-01"),
        ("traceparent", "00-" + "A" * 32 + "-" + "1" * 16 + "-01"),
        ("tenant", "Not A Tenant"),
        ("tenant", ""),
        ("source", ""),
        ("type", ""),
        ("jobid", "not-a-uuid"),
    ],
)
def test_a_malformed_attribute_is_named(attribute: str, value: str) -> None:
    with pytest.raises(UnreadableEvent, match=attribute):
        decode(body_of(**{attribute: value}), DataProcessed)


def test_json_nested_too_deep_is_refused() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    with pytest.raises(UnreadableEvent):
        decode(body_of(data="@").replace(b'"@"', deep.encode()), DataProcessed)


@pytest.mark.parametrize("depth", range(180, 260, 4))
def test_json_nested_about_as_deep_as_can_be_read_is_refused_too(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    with pytest.raises(SchemaError):
        decode(body_of(data="@").replace(b'"@"', deep.encode()), DataProcessed)


def test_a_number_longer_than_python_converts_is_refused() -> None:
    with pytest.raises(SchemaError):
        decode(body_of(data="@").replace(b'"@"', b"9" * 10_000), DataProcessed)


def test_an_event_of_another_topic_is_refused_with_both_topics() -> None:
    with pytest.raises(UnexpectedTopic, match=r"'analysis\.completed'.*'data\.processed'"):
        decode(body_of(), AnalysisCompleted)


def test_a_version_from_the_future_is_refused_with_both_versions() -> None:
    with pytest.raises(UnknownVersion, match=r"version 9.*knows version 1"):
        decode(body_of(dataschema="urn:brickline:schema:data.processed:9"), DataProcessed)


def test_a_payload_that_does_not_fit_is_refused_by_field() -> None:
    with pytest.raises(InvalidPayload, match="title: Field required"):
        decode(body_of(data={"document_id": str(uuid4()), "content": "C"}), DataProcessed)


@pytest.mark.parametrize(
    "data",
    [
        SECRET,
        [SECRET],
        {"document_id": SECRET, "title": "T", "content": "C"},
        {"document_id": str(uuid4()), "title": SECRET * 50, "content": "C"},
        {"document_id": str(uuid4()), "title": {SECRET: SECRET}, "content": "C"},
        {"document_id": str(uuid4()), "title": "T", "content": [SECRET]},
        {"document_id": str(uuid4()), "title": "T", "content": "C", "part": SECRET},
    ],
)
def test_the_text_of_an_error_never_holds_the_payloads_values(data: Any) -> None:
    with pytest.raises(InvalidPayload) as caught:
        decode(body_of(data=data), DataProcessed)
    assert SECRET not in str(caught.value)
    assert "Quill" not in repr(caught.value)

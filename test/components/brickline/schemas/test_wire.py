"""Events as bytes: CloudEvents 1.0 that any client can read, and that come back as they went."""

import json
import re
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given, settings

from brickline.schemas import BaseEvent, Payload, decode, encode, peek
from support.any_event import PAYLOADS, events

calmly = settings(deadline=None, max_examples=60)  # two busy cores make a deadline lie


@pytest.mark.parametrize("payload_type", PAYLOADS)
def test_every_payload_comes_back_as_it_went(payload_type: type[Payload]) -> None:
    @calmly
    @given(events(payload_type))
    def check(event: BaseEvent[Payload]) -> None:
        read = decode(encode(event), payload_type)
        assert read.model_dump() == event.model_dump()
        assert type(read.payload) is payload_type

    check()


@calmly
@given(events())
def test_the_wire_is_cloudevents(event: BaseEvent[Payload]) -> None:
    document = json.loads(encode(event))
    assert {"specversion", "id", "type", "source"} <= document.keys()
    assert document["specversion"] == "1.0"
    for name, value in document.items():
        assert re.fullmatch(r"[a-z0-9]{1,20}", name), f"{name} is no CloudEvents attribute name"
        assert value not in (None, ""), f"{name} is null or empty"
        assert name == "data" or isinstance(value, str)
    assert datetime.fromisoformat(document["time"]) == event.occurred_at
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", document["time"])
    assert document["dataschema"] == f"urn:brickline:schema:{event.topic}:{event.version}"


@calmly
@given(events())
def test_the_starting_trace_context_is_a_w3c_traceparent(event: BaseEvent[Payload]) -> None:
    version, trace_id, span_id, flags = json.loads(encode(event))["traceparent"].split("-")
    assert (version, trace_id, flags) == ("00", event.trace_id, "01")
    assert re.fullmatch(r"[0-9a-f]{16}", span_id)


@calmly
@given(events())
def test_the_envelope_can_be_read_without_the_payload(event: BaseEvent[Payload]) -> None:
    envelope = peek(encode(event))
    assert isinstance(envelope.id, UUID)
    assert (envelope.id, envelope.type, envelope.tenant) == (event.event_id, event.topic, event.tenant)
    assert (envelope.traceparent, envelope.jobid) == (event.trace_id, event.job_id)


@calmly
@given(events())
def test_fields_and_attributes_of_a_later_version_are_ignored(event: BaseEvent[Payload]) -> None:
    document = json.loads(encode(event))
    document["newattribute"] = "x"
    document["data"]["new_field"] = {"nested": [1, None]}
    read = decode(json.dumps(document).encode(), type(event.payload))
    assert read.model_dump() == event.model_dump()


def test_events_and_payloads_cannot_be_changed() -> None:
    @settings(max_examples=1, deadline=None)
    @given(events())
    def check(event: BaseEvent[Payload]) -> None:
        with pytest.raises(ValueError, match="frozen"):
            event.tenant = "another"
        with pytest.raises(ValueError, match="frozen"):
            setattr(event.payload, next(iter(type(event.payload).model_fields)), "another")

    check()

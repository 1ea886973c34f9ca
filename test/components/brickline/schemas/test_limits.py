"""What no reader takes is never written, and what anybody writes is checked before it is believed."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from pydantic import ValidationError

from brickline.schemas import (
    MAX_AHEAD,
    MAX_EVENT_BYTES,
    MAX_INLINE_BYTES,
    BaseEvent,
    DataProcessed,
    EventDeadLettered,
    FutureEvent,
    OversizedEvent,
    Payload,
    UnreadableEvent,
    UnwritableEvent,
    decode,
    encode,
    peek,
)

SECRET = "Mrs-Quill-of-14-Bay-Road"


def event_of(payload: Payload, occurred_at: datetime | None = None) -> BaseEvent[Payload]:
    return BaseEvent[Payload].of(
        payload,
        event_id=uuid4(),
        trace_id="1" * 32,
        occurred_at=occurred_at or datetime.now(UTC),
        source="ingestion",
        tenant="acme",
    )


def document_of(content: str) -> DataProcessed:
    return DataProcessed(document_id=uuid4(), title="T", content=content)


def body_of(size: int) -> bytes:
    """An event of exactly that many bytes."""
    empty = len(encode(event_of(document_of("x"))))
    document = json.loads(
        encode(event_of(document_of("x" * (size - empty + 1)), datetime(2026, 1, 1, tzinfo=UTC)))
    )
    return json.dumps(document, separators=(",", ":")).encode().ljust(size)


def test_the_text_of_one_event_fits_even_if_every_byte_of_it_is_escaped_as_six() -> None:
    content = "\x01" * MAX_INLINE_BYTES
    event = event_of(DataProcessed(document_id=uuid4(), title="\x01" * 300, content=content))
    assert decode(encode(event), DataProcessed).payload == event.payload


def test_an_event_of_exactly_the_limit_is_read() -> None:
    body = body_of(MAX_EVENT_BYTES)
    assert len(body) == MAX_EVENT_BYTES
    assert decode(body, DataProcessed).topic == DataProcessed.topic


def test_one_byte_more_is_refused_with_both_figures_by_readers_of_all_or_of_the_envelope() -> None:
    body = body_of(MAX_EVENT_BYTES) + b" "
    with pytest.raises(OversizedEvent, match=r"2,097,153 bytes and the limit is 2,097,152"):
        decode(body, DataProcessed)
    with pytest.raises(UnreadableEvent, match=r"2,097,153 bytes"):
        peek(body)


def test_what_is_over_the_limit_is_refused_for_that_before_anybody_looks_whether_it_is_an_event() -> None:
    with pytest.raises(OversizedEvent):
        decode(b"\xff" * (MAX_EVENT_BYTES + 1), DataProcessed)


def test_an_event_over_the_limit_cannot_be_written() -> None:
    with pytest.raises(UnwritableEvent, match=r"'data\.processed' has 2,097,\d{3} bytes .* 2,097,152"):
        encode(event_of(document_of("x" * MAX_EVENT_BYTES)))


def test_a_payload_that_is_no_json_cannot_be_written_and_its_text_is_not_told() -> None:
    payload = EventDeadLettered(
        event_id=uuid4(), event_topic="t", group_id="g", reason="r", error=f"{SECRET}\ud800"
    )
    with pytest.raises(UnwritableEvent, match=r"'event\.dead_lettered' cannot be put as JSON") as caught:
        encode(event_of(payload))
    assert "Quill" not in str(caught.value)


@pytest.mark.parametrize(
    "ahead", [timedelta(days=-900_000 // 2), timedelta(), MAX_AHEAD - timedelta(minutes=1)]
)
def test_an_event_from_any_past_or_from_a_clock_that_is_fast_is_read(ahead: timedelta) -> None:
    occurred_at = datetime.now(UTC) + ahead
    assert decode(encode(event_of(document_of("C"), occurred_at)), DataProcessed).occurred_at == occurred_at


def test_an_event_from_the_future_is_refused_with_both_times_though_its_envelope_can_be_read() -> None:
    occurred_at = datetime.now(UTC) + MAX_AHEAD + timedelta(minutes=1)
    body = encode(event_of(document_of("C"), occurred_at))
    with pytest.raises(FutureEvent) as caught:
        decode(body, DataProcessed)
    assert occurred_at.isoformat() in str(caught.value)
    assert f"here it is {datetime.now(UTC):%Y-%m-%dT%H:}" in str(caught.value)
    assert peek(body).time == occurred_at


class Measured(Payload):
    topic: ClassVar[str] = "garden.measured"
    degrees: float


@pytest.mark.parametrize("degrees", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_does_not_have_is_refused_where_it_is_made(degrees: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Measured(degrees=degrees)


@pytest.mark.parametrize("degrees", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_refused_where_it_is_read(degrees: Any) -> None:
    body = encode(event_of(Measured(degrees=21.5))).replace(b"21.5", degrees.encode())
    with pytest.raises(Exception, match=r"degrees: Input should be a finite number"):
        decode(body, Measured)

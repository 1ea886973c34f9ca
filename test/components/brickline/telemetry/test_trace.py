import pytest
from hypothesis import given
from hypothesis import strategies as st

from brickline.telemetry import format_traceparent, new_span_id, new_trace_id, parse_traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


def test_new_ids_are_lowercase_hex_and_differ() -> None:
    traces = {new_trace_id() for _ in range(100)}
    assert len(traces) == 100
    assert all(len(trace) == 32 and set(trace) <= set("0123456789abcdef") for trace in traces)
    assert len(new_span_id()) == 16


def test_what_is_formatted_is_parsed_back() -> None:
    trace = new_trace_id()
    assert parse_traceparent(format_traceparent(trace, new_span_id())) == trace


@pytest.mark.parametrize(
    "header",
    [
        f"00-{TRACE}-{SPAN}-00",
        f"00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-ff",
        f"01-{TRACE}-{SPAN}-01",
        f"fe-{TRACE}-{SPAN}-01-what-the-future-brings",
    ],
)
def test_a_valid_header_gives_its_trace_id(header: str) -> None:
    assert parse_traceparent(header) == TRACE


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "00",
        TRACE,
        f"ff-{TRACE}-{SPAN}-01",
        f"0-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE[:-1]}-{SPAN}-01",
        f"00-{TRACE}0-{SPAN}-01",
        f"00-{TRACE}-{SPAN[:-1]}-01",
        f"00-{TRACE}-{SPAN}-1",
        f"00-{TRACE}-{SPAN}-0g",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01-",
        f"01-{TRACE}-{SPAN}-01more",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00_{TRACE}_{SPAN}_01",
        "00-" + "\N{ARABIC-INDIC DIGIT ONE}" * 32 + f"-{SPAN}-01",
    ],
)
def test_an_invalid_header_gives_nothing(header: str | None) -> None:
    assert parse_traceparent(header) is None


@given(st.text())
def test_no_text_breaks_the_parser(header: str) -> None:
    assert parse_traceparent(header) is None


@pytest.mark.parametrize(("trace", "span"), [("0" * 32, SPAN), (TRACE, "0" * 16), ("x", SPAN), (TRACE, "x")])
def test_ids_outside_the_standard_are_not_sent(trace: str, span: str) -> None:
    with pytest.raises(ValueError, match=r"is not a (trace|span) id"):
        format_traceparent(trace, span)

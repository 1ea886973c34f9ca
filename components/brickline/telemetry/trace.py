"""Trace ids as of W3C Trace Context (https://www.w3.org/TR/trace-context/)."""

import re
import secrets

_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace_id>[0-9a-f]{32})-(?P<span_id>[0-9a-f]{16})-[0-9a-f]{2}(?P<rest>-.*)?"
)
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_SPAN_ID = re.compile(r"(?!0{16})[0-9a-f]{16}")


def new_trace_id() -> str:
    """Make a random trace id: 32 lowercase hexadecimal digits, not all zero."""
    return _random_hex(16)


def new_span_id() -> str:
    """Make a random span id: 16 lowercase hexadecimal digits, not all zero."""
    return _random_hex(8)


def parse_traceparent(header: str | None) -> str | None:
    """Give the trace id of a `traceparent` header, or None where the standard says to start a new trace.

    Section 3.2: version ff is invalid, version 00 ends after the flags, a later version may go on after a
    dash, uppercase and all-zero ids are invalid.
    """
    match = _TRACEPARENT.fullmatch(header or "")
    if match is None or match["version"] == "ff" or (match["version"] == "00" and match["rest"]):
        return None
    valid = _TRACE_ID.fullmatch(match["trace_id"]) and _SPAN_ID.fullmatch(match["span_id"])
    return match["trace_id"] if valid else None


def format_traceparent(trace_id: str, span_id: str) -> str:
    """Make a `traceparent` header, sampled; raises ValueError for ids the standard does not allow."""
    if not _TRACE_ID.fullmatch(trace_id):
        raise ValueError(f"{trace_id!r} is not a trace id: 32 lowercase hexadecimal digits, not all zero")
    if not _SPAN_ID.fullmatch(span_id):
        raise ValueError(f"{span_id!r} is not a span id: 16 lowercase hexadecimal digits, not all zero")
    return f"00-{trace_id}-{span_id}-01"


def _random_hex(size: int) -> str:
    while not any(value := secrets.token_bytes(size)):
        pass
    return value.hex()

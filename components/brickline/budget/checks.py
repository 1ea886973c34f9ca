"""What may be written into the ledger."""

import json
import math
import re
from collections.abc import Mapping
from uuid import UUID

from pydantic import JsonValue

from brickline.budget.errors import InvalidRequest

MOST_MICROS = 10**15
"""The largest amount, a billion dollars: sums of thousands of them still fit into the database's integers."""

_MOST_SECONDS = 10**9
_LONGEST_NAME = 512  # bytes; an index holds several in 2,700
_LONGEST_FINGERPRINT = 64
_LARGEST_NOTE = 1024 * 1024
_LARGEST_RESULT = 16 * 1024 * 1024
_LARGEST_ID = 2**63 - 1
_LARGEST_ATTEMPT = 2**31 - 1
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def check_amount(what: str, micros: int) -> int:
    """Return `micros`, which is to be a whole number of micro-dollars from 0 to `MOST_MICROS`."""
    if not _is_int(micros):
        raise InvalidRequest(f"{what} is {micros!r}: give a whole number of micro-dollars")
    if not 0 <= micros <= MOST_MICROS:
        raise InvalidRequest(
            f"{what} is {_short(micros)} micro-dollars: it has to be from 0 to {MOST_MICROS:,}"
        )
    return micros


def check_name(what: str, name: str) -> str:
    """Return `name`, which is to be text that the database can hold and index."""
    if not isinstance(name, str) or not name:
        raise InvalidRequest(f"{what} is {name!r}: give it a name")
    try:
        size = len(name.encode())
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            f"{what} {_short(name)} is no Unicode text: half a surrogate pair is in it"
        ) from error
    if "\x00" in name:
        raise InvalidRequest(f"{what} {_short(name)} has a NUL character in it, which Postgres cannot hold")
    if size > _LONGEST_NAME:
        raise InvalidRequest(f"{what} {_short(name)} has {size} bytes: the limit is {_LONGEST_NAME}")
    return name


def check_seconds(what: str, seconds: float) -> float:
    """Return `seconds`, which is to be a time from 0 to some thirty years."""
    if not isinstance(seconds, int | float) or math.isnan(seconds) or not 0 <= seconds <= _MOST_SECONDS:
        raise InvalidRequest(f"{what} is {_short(seconds)}: give seconds from 0 to {_MOST_SECONDS:,}")
    return float(seconds)


def check_attempt(attempt: int) -> int:
    """Return `attempt`, which counts from 1."""
    if not _is_int(attempt) or not 1 <= attempt <= _LARGEST_ATTEMPT:
        raise InvalidRequest(f"attempt is {_short(attempt)}: attempts count from 1")
    return attempt


def check_entry_id(entry_id: int) -> int:
    """Return `entry_id`, which is to be a number that an entry could have."""
    if not _is_int(entry_id) or not 0 <= entry_id <= _LARGEST_ID:
        raise InvalidRequest(f"{_short(entry_id)} is no number of an entry: take one that the ledger gave")
    return entry_id


def check_event_id(event_id: UUID) -> UUID:
    """Return `event_id`."""
    if not isinstance(event_id, UUID):
        raise InvalidRequest(f"event_id is {_short(event_id)}: give a UUID")
    return event_id


def check_fingerprint(fingerprint: bytes) -> bytes:
    """Return `fingerprint`, which is to be a hash."""
    if not isinstance(fingerprint, bytes) or not 0 < len(fingerprint) <= _LONGEST_FINGERPRINT:
        raise InvalidRequest(f"a fingerprint has from 1 to {_LONGEST_FINGERPRINT} bytes: give a hash")
    return fingerprint


def check_result(result: bytes | None) -> bytes | None:
    """Return `result`, which is to be bytes of a bearable size."""
    if result is not None and (not isinstance(result, bytes) or len(result) > _LARGEST_RESULT):
        raise InvalidRequest(f"a result is at most {_LARGEST_RESULT:,} bytes: keep less of it")
    return result


def note_text(note: Mapping[str, JsonValue]) -> str:
    """Return `note` as the JSON text of an object that the database can hold."""
    try:
        text = json.dumps(dict(note), allow_nan=False, ensure_ascii=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"a note has to be JSON: {error}") from error
    if _ESCAPED_NUL.search(text):
        raise InvalidRequest("a note has a NUL character in it, which Postgres cannot hold: take it out")
    if size > _LARGEST_NOTE:
        raise InvalidRequest(f"a note has {size:,} bytes: the limit is {_LARGEST_NOTE:,}")
    return text


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(value: object) -> str:
    """Quote the value, but not pages of it; a number too long to be written out is not."""
    try:
        return repr(value)[:80]
    except ValueError:
        return "a number of thousands of digits"

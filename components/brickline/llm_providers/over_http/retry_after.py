"""When a server wants to be asked again."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST_S = 24 * 3600.0
# Gemini says it in the body alone, as google.rpc.RetryInfo.
_RETRY_INFO = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds from `now`, by a `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); None without one.

    OpenAI's `retry-after-ms` is more exact and goes first. No answer is over a day.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _within(milliseconds / 1000)
    said = headers.get("retry-after")
    seconds = _number(said)
    if seconds is not None:
        return _within(seconds)
    try:
        date = parsedate_to_datetime(said or "")
    except ValueError:
        return None
    at = date if date.tzinfo else date.replace(tzinfo=UTC)
    return _within((at - (now or datetime.now(UTC))).total_seconds())


def retry_delay_s(body: str) -> float | None:
    """Seconds to wait as the body of an error tells, the way Google does; None if it does not."""
    found = _RETRY_INFO.search(body)
    return _within(float(found[1])) if found else None


def _within(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST_S)


def _number(said: str | None) -> float | None:
    try:
        number = float(said or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None

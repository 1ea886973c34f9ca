"""Times as operators write them."""

import re
from datetime import UTC, datetime, timedelta

from brickline.standalone.wrong_option import WrongOption

_AGO = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def read_moment(option: str, text: str, now: datetime) -> datetime:
    """Read a time of ISO 8601, or one so long before `now`. Raises ValueError with a sentence."""
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(seconds=float(ago[1]) * _SECONDS[ago[2]])
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC)  # without a zone it is local
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{option} {text!r} is no time: write 2026-11-22T09:30:00Z, or how long ago: 90s, 30m, 2h, 7d."
        ) from error


def read_since(text: str) -> datetime:
    """Read the `--since` of a report. Raises `WrongOption`."""
    try:
        return read_moment("--since", text, datetime.now(UTC))
    except ValueError as error:
        raise WrongOption(str(error)) from error

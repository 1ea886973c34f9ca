"""What a reader believes at most: how large an event is, and how far ahead of its own clock."""

from datetime import UTC, datetime, timedelta

from brickline.schemas.errors import FutureEvent, OversizedEvent

MAX_EVENT_BYTES = 2 * 1024 * 1024
"""The most bytes of one event on the wire: room for `MAX_INLINE_BYTES` of text, each byte of which JSON may
escape as six."""

MAX_AHEAD = timedelta(hours=1)
"""How far ahead of its reader's clock an event may have occurred: clocks differ.

Beyond that one of the two clocks is wrong, and so would be every age, order and report that counts on it. How
long ago an event occurred does not matter: what was replayed, or waited, is old.
"""


def check_size(body: bytes) -> None:
    """Raise `OversizedEvent`; a look at the length alone, before anything of it is parsed."""
    if len(body) > MAX_EVENT_BYTES:
        raise OversizedEvent(
            f"the event has {len(body):,} bytes and the limit is {MAX_EVENT_BYTES:,}: "
            "publish its content in parts, or where to find it"
        )


def check_time(occurred_at: datetime) -> None:
    """Raise `FutureEvent`."""
    now = datetime.now(UTC)
    if occurred_at - now > MAX_AHEAD:
        raise FutureEvent(
            f"the event claims to have occurred at {occurred_at.isoformat()}; here it is {now.isoformat()}, "
            f"more than {MAX_AHEAD / timedelta(minutes=1):g} minutes before: set the clock that is wrong"
        )

"""Bytes and headers as Hypothesis makes them up, most of them nearly an order."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from support.stranger import order_document

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
_NASTY = (
    *("NaN", "-Infinity", "1e999", "-0", "9" * 5000, '"\\ud800"', '"\\u0000"', '""', "'x'", "", "{", "\x00"),
    *(
        "[" * 150 + "]" * 150,
        "[" * 50_000,
        '{"a":' * 150 + "1" + "}" * 150,
        "1e300",
        "true",
        "null",
        "[]",
        "{}",
    ),
)
"""JSON at the edge of what can be read, or just beyond it, for any member."""
_FITTING = {
    "number": ("0", "-1", "9223372036854775807", "9223372036854775808", "9" * 400, "7.0", '"7"', "7.5"),
    "time": (
        *('"0001-01-01T00:00:00+23:59"', '"9999-12-31T23:59:59-23:59"', '"1999-01-01T00:00:00Z"', "-1"),
        *("253402300799", "1700000000", '"2026-02-30T00:00:00Z"', '"2026-01-01"', '"2026-01-01T00:00:00"'),
    ),
    "dataschema": tuple(
        f'"urn:brickline:schema:shop.ordered:{version}"' for version in (0, 1, 2, 999999, 1000000)
    ),
    "type": ('"shop.shipped"', '"event.dead_lettered"', '"a\\u0000b"', '"' + "x" * 128 + '"'),
    "source": ('"a\\u0000b"', '"' + "x" * 64 + '"', '"\\u202e"', '" "'),
    "subject": ('"' + "x" * 70_000 + '"', '"' + "\\u0001" * 1000 + '"', '"a\\u0000b"', "null"),
    "id": ('"{00000000-0000-0000-0000-000000000007}"', '"urn:uuid:00000000-0000-0000-0000-000000000008"'),
    "tenant": ('"-"', '"' + "x" * 64 + '"', '"' + "x" * 65 + '"', '"acme\\n"'),
}
"""What a member of that name might hold, and some of it may."""


def _values(name: str) -> st.SearchStrategy[str]:
    fitting = st.sampled_from(_FITTING.get(name, _NASTY))
    return st.one_of(fitting, fitting, fitting, st.sampled_from(_NASTY), JSON.map(json.dumps))


_few_ids = st.integers(1, 20).map(lambda number: str(UUID(int=number)))
"""So few that some are used again, with another body."""


def made_new(body: bytes, number: int) -> bytes:
    """Put ids into the body of which those of another number know nothing."""
    return body.replace(b"00000000-0000-0000", f"{number:08x}-0000-0000".encode())


@st.composite
def _nearly_orders(draw: st.DrawFn) -> bytes:
    """An order with members replaced, repeated, removed or added."""
    number = draw(st.integers(1, 999))
    document = order_document(number, id=draw(_few_ids))
    members = [(name, json.dumps(value)) for name, value in document.items()]
    names = st.sampled_from([*document, *_FITTING, *_FITTING, "jobid", "causationid"])
    for name in draw(st.lists(names, max_size=2)):
        value = draw(_values(name))
        if name == "number":
            members.append(("data", f'{{"number":{value}}}'))
        elif draw(st.booleans()):
            members = [member for member in members if member[0] != name]
            members.insert(draw(st.integers(0, len(members))), (name, value))
        else:
            members.append((name, value))  # the name is there twice
    text = "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members) + "}"
    return text.encode("utf-8", "surrogatepass")


@st.composite
def _damaged_orders(draw: st.DrawFn) -> bytes:
    """An order with bytes flipped, or cut short."""
    body = bytearray(draw(_nearly_orders()))
    for _ in range(draw(st.integers(0, 3))):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body[: draw(st.none() | st.integers(0, len(body)))])


_any_json = JSON.map(lambda value: json.dumps(value).encode())
bodies = st.one_of(
    _nearly_orders(), _nearly_orders(), _nearly_orders(), _damaged_orders(), _any_json, st.binary(max_size=60)
)
topics = st.sampled_from(["", "shop.ordered", "shop.shipped", "event.dead_lettered", "a\x01b", "x" * 3000])
claimed_ids = st.none() | _few_ids
"""What stands beside a body as its event's id, and is another's as often as not."""
attempts = st.sampled_from([1, 1, 2, 3, 9999, 2**31 - 1])

_field_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(width=32, allow_nan=False, allow_infinity=False),  # the broker hangs up on these
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        st.binary(max_size=20).map(bytearray),
        st.decimals(0, 1000, places=2),
        st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),
        st.uuids().map(str),
        st.sampled_from(["event.dead_lettered", "shop.ordered", "a\x00b", "x" * 3000]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=5), inner, max_size=3),
    max_leaves=5,
)
_OURS = tuple(
    f"brickline-{name}" for name in ("event-id", "topic", "attempt", "tenant", "ordering-key", "position")
)
headers: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from([*_OURS, "x-delivery-count", "junk"]), _field_values, max_size=5
)
"""Values of every type that AMQP knows, under the names that our own messages use."""
properties: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "content_type": st.sampled_from(["application/json", "text/plain", "\x00"]),
        "content_encoding": st.sampled_from(["gzip", "utf-16"]),
        "priority": st.integers(0, 255),
        "correlation_id": st.text("ab\x00é", max_size=20),
        "reply_to": st.just("amq.direct"),
        "expiration": st.just(3600),
        "message_id": st.text("ab", max_size=5),
        "type": st.just("shop.shipped"),
        "app_id": st.just("x" * 255),
    },
)

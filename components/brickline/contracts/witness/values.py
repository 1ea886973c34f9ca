"""Small values without parts, and those at the bounds of a type."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, checks_of, is_decimal, is_unsaid
from brickline.contracts.witness.patterns import matching

_FORMATS = {
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/",
    "decimal": "1.5",
    "decimal-or-nan": "NaN",
    "base64": "YQ==",
    "hex": "61",
}

LONGEST = 100_000
"""No text longer than this is made up, wherever a bound may be."""


def leaf_examples(node: Node) -> Iterator[JsonValue]:
    """Yield values that may fit, not all of which do."""
    kind = node.get("type")
    if is_unsaid(node):
        return
    if kind is None:
        yield from ("anything", 1, None, {}, [])
    elif kind == "null":
        yield None
    elif kind == "boolean":
        yield from (True, False)
    elif kind in ("integer", "number"):
        yield from numbers(node)
    elif is_decimal(node):
        yield from (str(number) for number in numbers(node))
        yield _FORMATS[node["format"]]
    else:
        yield from _strings(node)


def _strings(node: Node) -> Iterator[JsonValue]:
    form = node.get("format")
    if form in _FORMATS:
        yield _FORMATS[form]
    elif form in ("date-time", "date", "time"):
        yield _moment(form, checks_of(node))
    if "pattern" in node:
        for least in (0, node.get("minLength", 0), node.get("maxLength", 0)):
            try:
                yield matching(node["pattern"], least)
            except NoExample:
                continue
        return
    least, most = node.get("minLength", 0), node.get("maxLength")
    for length in sorted({least, max(least, 1), most if most is not None else least + 1}):
        if length <= LONGEST:
            yield "a" * length
    if 0 < least <= LONGEST:
        yield "b" * least


def _moment(form: str, checks: frozenset[str]) -> str:
    """Return one that passes the checks of moments whose meaning is known."""
    future, past = "now_op=future" in checks, "now_op=past" in checks
    day = "9998-12-31" if future else "0001-01-01" if past else "2026-01-31"
    zone = "Z" if form == "date-time" or "tz_constraint=aware" in checks else ""
    hour = "12:00:00" + ("" if "tz_constraint=naive" in checks else zone)
    return {"date": day, "time": hour}.get(form, f"{day}T{hour}")


def numbers(node: Node) -> Iterator[Any]:
    """Yield small numbers and those at each bound: the bound, and a step to either side of it."""
    exact = node.get("type") != "number"
    step = Decimal(str(node.get("multipleOf", 1)))
    found = {Decimal(0), step, -step, Decimal(2) * step}
    for word in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if word in node:
            bound = Decimal(str(node[word])) // step * step
            found |= {Decimal(str(node[word])), bound - step, bound, bound + step}
    if not exact:
        found |= {each + Decimal("0.5") for each in found}
    for number in sorted(found, key=lambda each: (abs(each), each < 0)):
        if number == number.to_integral_value():
            yield int(number)
        elif node.get("type") == "number":
            yield float(number)
        elif is_decimal(node):
            yield number

"""Small values without parts, and those at the bounds of a type."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, is_decimal
from brickline.contracts.witness.patterns import matching

_FORMATS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00",
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "uri": "https://example.org/",
    "decimal": "1.5",
    "decimal-or-nan": "NaN",
    "base64": "YQ==",
    "hex": "61",
}


def leaf_examples(node: Node) -> Iterator[JsonValue]:
    """Yield values that may fit, not all of which do."""
    kind = node.get("type")
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
    if "format" in node and node["format"] in _FORMATS:
        yield _FORMATS[node["format"]]
    if "pattern" in node:
        for least in (0, node.get("minLength", 0), node.get("maxLength", 0)):
            try:
                yield matching(node["pattern"], least)
            except NoExample:
                continue
        return
    least, most = node.get("minLength", 0), node.get("maxLength")
    for length in sorted({least, max(least, 1), most if most is not None else least + 1}):
        yield "a" * length
    if least:
        yield "b" * least


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

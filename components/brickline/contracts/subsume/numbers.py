"""Numbers: every integer is a number, and a decimal is a number written as a string."""

from decimal import Decimal
from typing import Any

from brickline.contracts.nodes import Node, is_decimal

_WORDS = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))


def is_numeric(node: Node) -> bool:
    """Whether it is a number in any of its forms."""
    return node.get("type") in ("integer", "number") or is_decimal(node)


def numbers_fit(writer: Node, reader: Node) -> bool:
    """Whether the reader takes every number of the writer. False may also mean that it cannot be told.

    An integer is taken to be one that a float holds, below 1.8e308.
    """
    return _form_fits(writer, reader) and _bounds_fit(writer, reader) and _multiples_fit(writer, reader)


def _form_fits(writer: Node, reader: Node) -> bool:
    if reader.get("format") == "decimal":
        return writer.get("format") != "decimal-or-nan"
    if is_decimal(reader):
        return True
    if is_decimal(writer):
        # Its exponent has no end, so without bounds one of them is an infinity to a reader of numbers.
        bounded = all(_bound(writer, *words) is not None for words in _WORDS)
        return reader["type"] == "number" and not reader.get("x-strict") and bounded
    return bool(reader["type"] == "number" or writer["type"] == "integer")


def _bounds_fit(writer: Node, reader: Node) -> bool:
    for words in _WORDS:
        wanted, given = _bound(reader, *words), _bound(writer, *words)
        if wanted is not None and (given is None or given < wanted):
            return False
    return True


def _bound(node: Node, closed: str, opened: str, sign: int) -> tuple[Decimal, int] | None:
    """Return the tighter of two bounds, such that the greater tuple is the tighter one."""
    found: list[tuple[Decimal, int]] = []
    if closed in node:
        found.append((sign * _exact(node[closed]), 0))
    if opened in node:
        bound = sign * _exact(node[opened])
        whole = node.get("type") == "integer" and bound == bound.to_integral_value()
        found.append((bound + 1, 0) if whole else (bound, 1))
    return max(found, default=None)


def _multiples_fit(writer: Node, reader: Node) -> bool:
    if "multipleOf" not in reader:
        return True
    if writer.get("type") == "number" and reader.get("type") != "number":
        return False  # of a float, a multiple is one nearly
    wanted = _exact(reader["multipleOf"])
    given = _exact(writer["multipleOf"]) if "multipleOf" in writer else None
    if writer.get("type") == "integer":
        given = given or Decimal(1)
    return given is not None and wanted != 0 and given % wanted == 0


def _exact(value: Any) -> Decimal:
    return Decimal(str(value))

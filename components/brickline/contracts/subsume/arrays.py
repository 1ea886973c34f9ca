"""Lists, tuples and sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, text_of
from brickline.contracts.subsume.gap import Gap, Kind, unknown
from brickline.contracts.witness.examples import examples

if TYPE_CHECKING:
    from brickline.contracts.subsume.engine import Comparison


def gaps(comparison: Comparison, writer: Node, reader: Node) -> list[Gap]:
    """Compare lengths, then place by place, then what follows."""
    found = _lengths(comparison, writer, reader)
    places = max(len(writer.get("prefixItems", ())), len(reader.get("prefixItems", ())))
    most = writer.get("maxItems")
    for place in range(places if most is None else min(places, most)):
        found += _item(comparison, writer, reader, place, f"[{place}]")
    if most is None or most > places:
        found += _item(comparison, writer, reader, places, "[*]")
    return found


def _at(node: Node, place: int) -> Node:
    first = node.get("prefixItems", ())
    part: Node = first[place] if place < len(first) else node.get("items", {})
    return part


def _item(comparison: Comparison, writer: Node, reader: Node, place: int, step: str) -> list[Gap]:
    def around(value: JsonValue) -> JsonValue:
        values = [next(examples(_at(writer, index), comparison.writer_defs)) for index in range(place)]
        return _filled(comparison, writer, [*values, value])

    found = comparison.between(_at(writer, place), _at(reader, place))
    return [gap.within(step, around) for gap in found]


def _filled(comparison: Comparison, writer: Node, values: list[JsonValue]) -> list[JsonValue]:
    """Make a list long enough for its writer, without duplicates where there must be none."""
    least = writer.get("minItems", 0)
    while len(values) < least:
        seen = {text_of(value) for value in values} if writer.get("uniqueItems") else set()
        pool = examples(_at(writer, len(values)), comparison.writer_defs)
        fresh = next((value for value in pool if text_of(value) not in seen), None)
        if fresh is None:
            raise NoExample("not enough different items could be made up")
        values.append(fresh)
    return values


def _lengths(comparison: Comparison, writer: Node, reader: Node) -> list[Gap]:
    least, most = writer.get("minItems", 0), writer.get("maxItems")
    found: list[Gap] = []
    if least < reader.get("minItems", 0):
        says = f"the reader wants at least {reader['minItems']} items, the writer at least {least}"
        found.append(_of_length(comparison, writer, max(least, reader["minItems"] - 1), says))
    if "maxItems" in reader and (most is None or most > reader["maxItems"]):
        says = f"the reader takes at most {reader['maxItems']} items, the writer may write more"
        found.append(_of_length(comparison, writer, reader["maxItems"] + 1, says))
    few = reader.get("uniqueItems") and reader.get("minItems", 0) > 1
    if few and not writer.get("uniqueItems") and (most is None or most > 1):
        says = f"the reader wants {reader['minItems']} items that differ, the writer may write one twice"
        found.append(_of_length(comparison, writer, max(least, reader["minItems"]), says))
    return found


def _of_length(comparison: Comparison, writer: Node, length: int, says: str) -> Gap:
    try:
        return Gap(Kind.NARROWER, says, (_filled(comparison, {**writer, "minItems": length}, []),))
    except NoExample:
        return unknown(f"{says}; no such list could be made up")

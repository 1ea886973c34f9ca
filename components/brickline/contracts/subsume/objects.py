"""Objects: models by their names, maps by their keys, and each held against the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node
from brickline.contracts.subsume.gap import Gap, Kind, unknown
from brickline.contracts.subsume.strangers import bare, strangers
from brickline.contracts.witness.accepts import accepts_key

if TYPE_CHECKING:
    from brickline.contracts.subsume.engine import Comparison


def gaps(comparison: Comparison, writer: Node, reader: Node) -> list[Gap]:
    """Compare what is written under each name, what must be there, and how much."""
    fields = _readers(reader)
    found: list[Gap] = []
    for name, part in writer.get("properties", {}).items():
        found += _property(comparison, writer, reader, name, part, fields.get(name, []))
    found += strangers(comparison, writer, reader, fields)
    found += _required(comparison, writer, reader)
    found += _sizes(comparison, writer, reader)
    return found


def _readers(reader: Node) -> dict[str, list[Node]]:
    """Return all that is read under each name, second names included."""
    found: dict[str, list[Node]] = {}
    for name, part in reader.get("properties", {}).items():
        for each in (name, *part.get("x-names", ())):
            found.setdefault(each, []).append(bare(part))
    return found


def _property(
    comparison: Comparison, writer: Node, reader: Node, name: str, part: Node, fields: list[Node]
) -> Iterator[Gap]:
    def around(value: JsonValue) -> JsonValue:
        return {**comparison.smallest_object(writer), name: value}

    others, names = reader.get("additionalProperties", {}), reader.get("propertyNames", {})
    if fields or (others is not False and (not names or accepts_key(names, comparison.reader_defs, name))):
        for read in fields or [others]:
            yield from (gap.within(name, around) for gap in comparison.between(bare(part), read))
    else:
        says = f"the writer writes {name!r}, which the reader does not know and refuses"
        yield Gap(Kind.FORBIDDEN, says, comparison.samples(part)).within(name, around)


def _required(comparison: Comparison, writer: Node, reader: Node) -> Iterator[Gap]:
    written = writer.get("properties", {})
    for name in reader.get("required", ()):
        names = {name, *reader["properties"][name].get("x-names", ())}
        if names & set(writer.get("required", ())):
            continue
        values: list[JsonValue] = []
        with suppress(NoExample):
            values.append(comparison.smallest_object(writer))
        if names & written.keys():
            kind, says = Kind.OMITTED, "the writer may leave it out"
        elif former := _former(comparison, writer, reader, name):
            kind, says = Kind.RENAMED, f"the writer calls it {former!r}, or so it seems"
        else:
            kind, says = Kind.ABSENT, "the writer does not know it"
        yield Gap(kind, f"the reader requires {name!r}; {says}", tuple(values), name)


def _former(comparison: Comparison, writer: Node, reader: Node, name: str) -> str | None:
    """Return what only the writer knows, requires, and fits under the name; of several the most alike."""
    known = _readers(reader)
    part = bare(reader["properties"][name])
    fitting = [
        each
        for each in writer.get("required", ())
        if each not in known and not comparison.between(bare(writer["properties"][each]), part)
    ]
    return max(fitting, key=lambda each: SequenceMatcher(None, each, name).ratio(), default=None)


def _sizes(comparison: Comparison, writer: Node, reader: Node) -> Iterator[Gap]:
    known = writer.get("properties", {})
    closed = writer.get("additionalProperties", {}) is False
    least = max(writer.get("minProperties", 0), len(writer.get("required", ())))
    most = min(writer.get("maxProperties", len(known)), len(known)) if closed else writer.get("maxProperties")
    if least < reader.get("minProperties", 0):
        says = f"the reader wants at least {reader['minProperties']} entries, the writer at least {least}"
        yield _of_size(comparison, writer, max(least, reader["minProperties"] - 1), says)
    if "maxProperties" in reader and (most is None or most > reader["maxProperties"]):
        says = f"the reader takes at most {reader['maxProperties']} entries, the writer may write more"
        yield _of_size(comparison, writer, reader["maxProperties"] + 1, says)


def _of_size(comparison: Comparison, writer: Node, size: int, says: str) -> Gap:
    try:
        return Gap(Kind.NARROWER, says, (comparison.smallest_object({**writer, "minProperties": size}),))
    except NoExample:
        return unknown(f"{says}; no such map could be made up")

"""What a writer writes under names that it does not list: the entries of a map, and the extras of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, checks_of, resolved, text_of, with_checks
from brickline.contracts.subsume.gap import Gap, Kind, unknown
from brickline.contracts.subsume.leaves import shown
from brickline.contracts.witness.accepts import accepts_key
from brickline.contracts.witness.examples import example, keys

if TYPE_CHECKING:
    from brickline.contracts.subsume.engine import Comparison


def bare(part: Node) -> Node:
    """Leave out what belongs to the name, not to its value."""
    return {key: value for key, value in part.items() if key not in ("default", "x-factory", "x-names")}


def strangers(
    comparison: Comparison, writer: Node, reader: Node, fields: dict[str, list[Node]]
) -> Iterator[Gap]:
    """Compare what a writer writes under names that it does not list."""
    written = writer.get("additionalProperties", {})
    if isinstance(written, bool) or writer.get("maxProperties") == 0:
        return
    names, known = writer.get("propertyNames", {}), writer.get("properties", {})
    for name, parts in fields.items():
        if name not in known and accepts_key(names, comparison.writer_defs, name):
            for part in parts:
                yield from _extra(comparison, writer, written, part, name, name)
    try:
        extra = next(
            key for key in keys(names, comparison.writer_defs) if key not in fields and key not in known
        )
    except (NoExample, StopIteration):
        yield unknown("the writer may write names of which none could be made up")
        return
    others = reader.get("additionalProperties", {})
    if others is False:
        says = "the writer may write names that the reader does not know and refuses"
        gap = Gap(Kind.FORBIDDEN, says, comparison.samples(written))
        yield gap.within("{*}", lambda value: {**comparison.smallest_object(writer), extra: value})
    else:
        yield from _extra(comparison, writer, written, others, extra, "{*}")
        yield from _names(comparison, writer, reader)


def _extra(
    comparison: Comparison, writer: Node, written: Node, read: Node, name: str, step: str
) -> Iterator[Gap]:
    for gap in comparison.between(written, bare(read)):
        yield gap.within(step, lambda value: {**comparison.smallest_object(writer), name: value})


def _names(comparison: Comparison, writer: Node, reader: Node) -> Iterator[Gap]:
    """Compare the keys of maps, which are strings in the document whatever they are read as."""
    read = resolved(reader.get("propertyNames", {}), comparison.reader_defs)
    written = resolved(writer.get("propertyNames", {}), comparison.writer_defs)
    if not read.keys() - {"x-strict"}:
        return
    values = writer.get("additionalProperties", {})

    def around(key: JsonValue) -> JsonValue:
        name = key if isinstance(key, str) else text_of(key)
        return {**comparison.smallest_object(writer), name: example(values, comparison.writer_defs)}

    for gap in _key_gaps(comparison, written, read):
        yield gap.within("{key}", around)


def _key_gaps(comparison: Comparison, written: Node, read: Node) -> list[Gap]:
    if written == read or written.get("type") == read.get("type") is not None:
        return comparison.between(written, read)
    if any(not isinstance(key, str) for key in read.get("enum", ())):
        return [unknown("the reader's keys are constants that are no strings, of which it reads many forms")]
    if "enum" in written:
        texts = [key if isinstance(key, str) else text_of(key) for key in written["enum"]]
        return comparison.between(with_checks({"enum": texts}, checks_of(written)), read)
    if written.get("type") == "string":
        return comparison.between(written, read)
    if read.keys() == {"type"} and read["type"] == "string":
        return []
    found = tuple(text_of(key) for key in comparison.samples(written))
    says = f"one side writes keys that are {shown(written)}, the other reads {shown(read)}"
    rejected = tuple(key for key in found if comparison.rejected(read, key))
    return [Gap(Kind.NARROWER, says, rejected) if rejected else unknown(says, found)]

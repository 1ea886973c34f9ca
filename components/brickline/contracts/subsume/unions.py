"""Unions: each member of the writer's must find a place in the reader's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brickline.contracts.nodes import Node, branches_of, checks_of, finite, resolved, text_of, with_checks
from brickline.contracts.subsume.gap import Gap, Kind, unknown
from brickline.contracts.subsume.leaves import rejected, shown
from brickline.contracts.witness.examples import tagged, tagged_members

if TYPE_CHECKING:
    from brickline.contracts.subsume.engine import Comparison


def of_writer(comparison: Comparison, writer: Node, reader: Node) -> list[Gap]:
    """Compare each member that a writer may choose."""
    found: list[Gap] = []
    members = _members(comparison, writer)
    for member in members:
        gaps = comparison.between(member, reader)
        if gaps and _several(members) and not _one_of_its_kind(comparison, member, reader):
            gaps = [_lacking(comparison, member, reader, gaps)]
        found += gaps
    return found


def of_reader(comparison: Comparison, writer: Node, reader: Node) -> list[Gap]:
    """Look for a member of a reader's union that takes all that the writer writes."""
    members = branches_of(reader)
    values = finite(writer)
    if values is not None and len(values) > 1:
        constants = [with_checks({"enum": [value]}, checks_of(writer)) for value in values]
        return [gap for constant in constants for gap in comparison.between(constant, reader)]
    found: list[Gap] = []
    for member in members:
        gaps = comparison.between(writer, member)
        if not gaps:
            return []
        found += gaps
    alike = _alike(comparison, writer, reader)
    if len(alike) == 1:
        return comparison.between(writer, alike[0])
    return [_lacking(comparison, writer, reader, found)]


def of_tagged_reader(comparison: Comparison, writer: Node, reader: Node) -> list[Gap]:
    """Compare a plain writer with the member of a discriminated union that its tag names."""
    properties = writer.get("properties", {})
    names = (reader["discriminator"]["propertyName"], *reader.get("x-also", ()))
    written = [name for name in names if name in properties]
    if writer.get("type") != "object" or writer.get("additionalProperties") is not False or len(written) != 1:
        return [rejected(writer, reader, comparison.writer_defs, comparison.reader_defs)]
    tag = resolved(properties[written[0]], comparison.writer_defs)
    present = written[0] in writer.get("required", ()) or "default" in properties[written[0]]
    if "enum" not in tag or not present:
        return [rejected(writer, reader, comparison.writer_defs, comparison.reader_defs)]
    found: list[Gap] = []
    for value in tag["enum"]:
        narrowed = tagged(writer, comparison.writer_defs, written, text_of(value))
        member = reader["discriminator"]["mapping"].get(text_of(value))
        if member is None:
            says = f"the reader's union knows no member {written[0]!r}: {text_of(value)}"
            found.append(Gap(Kind.CHOICE, says, comparison.samples(narrowed)))
        else:
            found += comparison.between(narrowed, with_checks(member, checks_of(reader)))
    return found


def _members(comparison: Comparison, writer: Node) -> list[Node]:
    if "anyOf" in writer:
        return list(branches_of(writer))
    members = tagged_members(writer, comparison.writer_defs)
    return [with_checks(member, checks_of(writer)) for member in members]


def _several(members: list[Node]) -> bool:
    return len([member for member in members if member.get("type") != "null"]) > 1


def _kind(node: Node, defs: Node) -> str:
    node = resolved(node, defs)
    if "oneOf" in node:
        return "object"
    if "enum" in node:
        return "enum"
    return str(node.get("type", "anything"))


def _alike(comparison: Comparison, writer: Node, reader: Node) -> list[Node]:
    kind = _kind(writer, comparison.writer_defs)
    members = branches_of(reader)
    return [member for member in members if _kind(member, comparison.reader_defs) == kind]


def _one_of_its_kind(comparison: Comparison, writer: Node, reader: Node) -> bool:
    """Whether it is clear which member of the reader's is meant: what differs within it can then be told."""
    reader = resolved(reader, comparison.reader_defs)
    return bool("oneOf" in reader or len(_alike(comparison, writer, reader)) == 1)


def _lacking(comparison: Comparison, writer: Node, reader: Node, gaps: list[Gap]) -> Gap:
    says = f"the reader takes {shown(reader)}, none of which takes all of {shown(writer)}"
    values = [value for gap in gaps for value in gap.values] + list(comparison.samples(writer))
    proven = [value for value in values if comparison.rejected(reader, value)]
    if not proven:
        return unknown(f"{says}, as far as can be told", tuple(values[:3]))
    kind = Kind.NARROWER if writer.get("type") == "null" else Kind.CHOICE
    return Gap(kind, says, tuple(proven[:3]))

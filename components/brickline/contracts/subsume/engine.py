"""The comparison of two schemas, part by part.

Recursive schemas are compared as their infinite unfoldings: what is met again on the way down is assumed to
fit, for if it does not, that shows where it was met first.
"""

from collections.abc import Iterable

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import UNDERSTOOD, Node, checks_of, finite, is_unsaid, resolved, text_of
from brickline.contracts.subsume import arrays, objects, unions
from brickline.contracts.subsume.gap import Gap, Kind, unknown
from brickline.contracts.subsume.leaves import leaves_fit, rejected, shown
from brickline.contracts.witness.accepts import accepts
from brickline.contracts.witness.examples import example, examples

_NESTED = frozenset({"$ref", "anyOf", "oneOf", "items", "prefixItems", "properties", "additionalProperties"})
_WIDENING = frozenset({"before coerce_numbers_to_str", "before missing", "before on_error"})
_ALTERING = frozenset({"strip_whitespace=True", "to_lower=True", "to_upper=True"})


class Comparison:
    """A writer's schema held against a reader's."""

    def __init__(self, writer: Node, reader: Node) -> None:
        self.writer = writer
        self.reader = reader
        self.writer_defs: Node = writer.get("$defs", {})
        self.reader_defs: Node = reader.get("$defs", {})
        self._assumed: set[tuple[str, str]] = set()
        self._smallest: dict[str, JsonValue] = {}

    def gaps(self) -> list[Gap]:
        """Return every place where the writer may write what the reader does not accept."""
        return self.between(_without_defs(self.writer), _without_defs(self.reader))

    def between(self, writer: Node, reader: Node) -> list[Gap]:
        """Return the gaps between two parts."""
        if writer == reader and not _NESTED & writer.keys() and not writer.keys() - UNDERSTOOD:
            return []
        if not _NESTED & writer.keys() and not _NESTED & reader.keys():
            return self._between(writer, reader)
        pair = (text_of(writer), text_of(reader))
        if pair in self._assumed:
            return []
        self._assumed.add(pair)
        try:
            return self._between(resolved(writer, self.writer_defs), resolved(reader, self.reader_defs))
        finally:
            self._assumed.discard(pair)

    def accepted(self, reader: Node, value: JsonValue) -> bool:
        """Whether the reader's schema surely takes a value."""
        return accepts(reader, self.reader_defs, value, "reads")

    def rejected(self, reader: Node, value: JsonValue) -> bool:
        """Whether the reader's schema surely rejects a value."""
        return not accepts(reader, self.reader_defs, value, "may read")

    def _between(self, writer: Node, reader: Node) -> list[Gap]:
        if strange := (writer.keys() | reader.keys()) - UNDERSTOOD:
            return [unknown(f"the schema says {', '.join(sorted(strange))}, which is not understood")]
        if is_unsaid(writer):
            says = ", ".join(sorted(checks_of(writer)))
            return [unknown(f"what is {says} is not said")] if reader else []
        if "anyOf" in writer or "oneOf" in writer:
            return unions.of_writer(self, writer, reader)
        if "anyOf" in reader:
            return unions.of_reader(self, writer, reader)
        gaps = self._of_one(writer, reader)
        return gaps or self._unmet_checks(writer, reader)

    def _of_one(self, writer: Node, reader: Node) -> list[Gap]:
        if (values := finite(writer)) is not None:
            return self._of_values(values, reader)
        if "oneOf" in reader:
            return unions.of_tagged_reader(self, writer, reader)
        if not {"type", "enum"} & reader.keys():
            return []
        kinds = (writer.get("type"), reader.get("type"))
        if kinds == ("array", "array"):
            return arrays.gaps(self, writer, reader)
        if kinds == ("object", "object"):
            return objects.gaps(self, writer, reader)
        if leaves_fit(writer, reader):
            return []
        return [rejected(writer, reader, self.writer_defs, self.reader_defs)]

    def _of_values(self, values: Iterable[JsonValue], reader: Node) -> list[Gap]:
        kind = Kind.CHOICE if "enum" in reader else Kind.NARROWER
        found: list[Gap] = []
        for value in values:
            if not self.accepted(reader, value):
                says = f"one side writes {text_of(value)}, the other reads {shown(reader)}"
                found.append(Gap(kind if self.rejected(reader, value) else Kind.UNKNOWN, says, (value,)))
        return found

    def _unmet_checks(self, writer: Node, reader: Node) -> list[Gap]:
        wanted = checks_of(reader) - _WIDENING
        if not {"minLength", "pattern"} & reader.keys():
            wanted -= _ALTERING  # they change what is read, and refuse nothing
        unmet = sorted(wanted - checks_of(writer))
        if not unmet:
            return []
        says = f"the reader makes a check that the writer does not: {'; '.join(unmet)}"
        return [unknown(says, self.samples(writer))]

    def smallest(self, writer: Node) -> JsonValue:
        """Return the smallest document of a part. Raises `NoExample`."""
        key = text_of(writer)
        if key not in self._smallest:
            self._smallest[key] = example(writer, self.writer_defs)
        return self._smallest[key]

    def smallest_object(self, writer: Node) -> dict[str, JsonValue]:
        """Return the same of what is an object. Raises `NoExample`."""
        value = self.smallest(writer)
        return value if isinstance(value, dict) else {}

    def samples(self, writer: Node) -> tuple[JsonValue, ...]:
        """Return a few values that the writer may write; none if none can be made up."""
        try:
            return tuple(
                value for value, _ in zip(examples(writer, self.writer_defs), range(3), strict=False)
            )
        except NoExample:
            return ()


def _without_defs(node: Node) -> Node:
    return {key: value for key, value in node.items() if key != "$defs"}

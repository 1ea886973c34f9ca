"""Values without parts: a rule first, and where it says no, a value that shows it."""

from collections.abc import Iterator

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, text_of
from brickline.contracts.subsume.gap import Gap, Kind, unknown
from brickline.contracts.subsume.numbers import is_numeric, numbers_fit
from brickline.contracts.subsume.strings import strings_fit
from brickline.contracts.witness.accepts import accepts
from brickline.contracts.witness.examples import examples
from brickline.contracts.witness.leaves import leaf_writes
from brickline.contracts.witness.patterns import matching
from brickline.contracts.witness.values import leaf_examples

_SHOWN = (
    "type",
    "format",
    "enum",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
)
_SHOWN_TOO = ("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems")


def leaves_fit(writer: Node, reader: Node) -> bool:
    """Whether the reader takes every value of the writer. False may also mean that it cannot be told."""
    if is_numeric(writer) and is_numeric(reader):
        return numbers_fit(writer, reader)
    return writer.get("type") == reader.get("type") == "string" and strings_fit(writer, reader)


def rejected(
    writer: Node, reader: Node, writer_defs: Node, reader_defs: Node, kind: Kind = Kind.NARROWER
) -> Gap:
    """Return the gap between a writer and a reader of which no rule says that they fit."""
    says = f"one side writes {shown(writer)}, the other reads {shown(reader)}"
    tried: list[JsonValue] = []
    try:
        for value in _candidates(writer, reader, writer_defs):
            tried.append(value)
            if not accepts(reader, reader_defs, value, "may read"):
                return Gap(kind, says, (value,))
    except NoExample:
        pass
    return unknown(f"{says}: whether each value fits cannot be told", tuple(tried[:3]))


def _candidates(writer: Node, reader: Node, defs: Node) -> Iterator[JsonValue]:
    """Yield what the writer may write: its own examples, then what stands just beyond the reader's bounds."""
    plain = writer.get("type") in ("integer", "number", "string")
    if plain and (writer["type"] == reader.get("type") or is_numeric(writer)):
        yield from (value for value in _beyond(writer, reader) if leaf_writes(writer, value))
    yield from examples(writer, defs)


def _beyond(writer: Node, reader: Node) -> Iterator[JsonValue]:
    if is_numeric(writer):
        bounds = {word: reader[word] for word in _SHOWN[3:] if word in reader}
        like: Node = {**{word: writer[word] for word in ("type", "format") if word in writer}, **bounds}
        yield from leaf_examples(like)
        if "multipleOf" in writer:
            yield from leaf_examples({**like, "multipleOf": writer["multipleOf"]})
        return
    lengths = [reader[word] + step for word, step in (("minLength", -1), ("maxLength", 1)) if word in reader]
    for length in lengths:
        if "pattern" in writer:
            try:
                yield matching(writer["pattern"], length)
            except NoExample:
                continue
        else:
            yield "a" * length


def shown(node: Node) -> str:
    """Return a type and its bounds in a few words."""
    if "enum" in node:
        return "one of " + ", ".join(text_of(value) for value in node["enum"])
    if "anyOf" in node:
        return " or ".join(shown(member) for member in node["anyOf"])
    if "oneOf" in node:
        return f"a union by {node['discriminator']['propertyName']!r}"
    if "$ref" in node:
        return str(node["$ref"]).rpartition("/")[2]
    if "type" not in node:
        return "anything"
    words = [f"{word} {node[word]}" for word in (*_SHOWN[3:], *_SHOWN_TOO) if word in node]
    kind = f"{node['type']} ({node['format']})" if "format" in node else node["type"]
    kind = f"finite {kind}" if node.get("x-finite") else kind
    return " ".join([kind, *([f"with {', '.join(words)}"] if words else [])])

"""Whether a document was refused by a check that its own writer makes: then nobody ever wrote it.

Documents are made up from schemas, in which a validator or a condition without a word in JSON Schema stands
by name alone. So one may break a rule of its own writer, and prove nothing.
"""

from collections.abc import Iterator

from pydantic import JsonValue
from pydantic_core import ErrorDetails

from brickline.contracts.nodes import Node, checks_of, resolved, text_of
from brickline.contracts.trials.reading import Failure
from brickline.contracts.witness.accepts import accepts


class Doubts:
    """The checks of an old writer beside those of a new reader."""

    def __init__(self, writer: Node, reader: Node) -> None:
        self._writer, self._written = writer, writer["$defs"]
        self._reader, self._read = reader, reader["$defs"]

    def may_explain(self, failure: Failure, document: JsonValue) -> bool:
        """Whether each complaint is of a check that the old writer made of the very same value.

        One that the upcasters changed explains nothing: that may be what is wrong with them.
        """
        if not failure.details or "x-checks" not in text_of(self._writer):
            return False
        made = [(value, checks) for value, checks in self.checked(document) if checks]
        return all(self._known(detail, made) for detail in failure.details)

    def checked(self, document: JsonValue) -> Iterator[tuple[JsonValue, frozenset[str]]]:
        """Yield each value of a document with the checks that its writer makes of it."""
        return self._checked(self._writer, document)

    def _known(self, detail: ErrorDetails, made: list[tuple[JsonValue, frozenset[str]]]) -> bool:
        value: JsonValue = detail["input"]
        known = frozenset[str]().union(*(checks for each, checks in made if _is_still(each, value)))
        for node in _at(self._reader, self._read, detail["loc"]):
            checks = checks_of(node)
            bare = {key: part for key, part in node.items() if key != "x-checks"}
            if checks and checks <= known and accepts(bare, self._read, value, "may read"):
                return True
        return False

    def _checked(self, node: Node, value: JsonValue) -> Iterator[tuple[JsonValue, frozenset[str]]]:
        node = resolved(node, self._written)
        yield value, checks_of(node)
        for part in _choices(node):
            yield from self._checked(part, value)
        if isinstance(value, dict):
            for name, each in value.items():
                for part in _fields(node, name):
                    yield from self._checked(part, each)
        elif isinstance(value, list):
            for place, each in enumerate(value):
                for part in _items(node, place):
                    yield from self._checked(part, each)


def _is_still(old: JsonValue, new: JsonValue) -> bool:
    """Whether a value is what it was. A model may hold more: the same check knew nothing of that."""
    if isinstance(old, dict) and isinstance(new, dict):
        return all(name in new and text_of(new[name]) == text_of(each) for name, each in old.items())
    return text_of(old) == text_of(new)


def _at(node: Node, defs: Node, location: tuple[int | str, ...]) -> Iterator[Node]:
    """Yield the parts of a schema that pydantic may mean by a location; a step may name a union's member."""
    node = resolved(node, defs)
    if not location:
        yield node
    for part in _choices(node):
        yield from _at(part, defs, location)
        if location:
            yield from _at(part, defs, location[1:])
    if not location:
        return
    step, rest = location[0], location[1:]
    for part in _items(node, step) if isinstance(step, int) else _fields(node, step):
        yield from _at(part, defs, rest)


def _choices(node: Node) -> Iterator[Node]:
    yield from node.get("anyOf", ())
    yield from node.get("oneOf", ())


def _fields(node: Node, name: str) -> Iterator[Node]:
    known = node.get("properties", {})
    found = [part for each, part in known.items() if name == each or name in part.get("x-names", ())]
    others = node.get("additionalProperties")
    yield from found or ([others] if isinstance(others, dict) else [])


def _items(node: Node, place: int) -> Iterator[Node]:
    first = node.get("prefixItems", ())
    if place < len(first):
        yield first[place]
    elif isinstance(node.get("items"), dict):
        yield node["items"]

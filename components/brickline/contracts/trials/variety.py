"""Different values of a part of a schema: of each a list, smallest first, then the fullest, then others."""

from collections.abc import Iterator, Sequence
from itertools import islice, zip_longest

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, branches_of, resolved, text_of
from brickline.contracts.trials import arrays, leaves, objects
from brickline.contracts.trials.shape import recursive
from brickline.contracts.witness.examples import example, tagged_members

_LEVELS = 3
"""How often recursive models may stand within one another: once, and two levels deep."""


class Variety:
    """The different values of one schema's parts, each worked out once."""

    def __init__(self, defs: Node, most: int, texts: tuple[str, ...] = (), bold: bool = False) -> None:
        """Of each part there will be no more than `most` values.

        Among texts there are `texts`; if `bold`, values under a check that is known by name alone vary too.
        """
        self.defs = defs
        self.most = most
        self.texts = texts
        self._bold = bold
        self._recursive = recursive(defs)
        self._known: dict[tuple[str, int], list[JsonValue]] = {}

    def of(self, node: Node, level: int = 0) -> list[JsonValue]:
        """Return the values of a part within so many recursive models; none if none can be made up."""
        if "$ref" not in node:
            return self._some(node, level)
        level += node["$ref"] in self._recursive
        key = (text_of(node), level)
        if key not in self._known:
            self._known[key] = self._some(node, level) if level <= _LEVELS else self._smallest(node)
        return self._known[key]

    def _smallest(self, node: Node) -> list[JsonValue]:
        try:
            return [example(node, self.defs)]
        except NoExample:
            return []

    def _some(self, node: Node, level: int) -> list[JsonValue]:
        return list(islice(self._all(resolved(node, self.defs), level), self.most))

    def _all(self, node: Node, level: int) -> Iterator[JsonValue]:
        if "enum" in node:
            yield from node["enum"]
        elif "anyOf" in node:
            # What says something comes first: null last.
            members = sorted(branches_of(node), key=lambda member: member.get("type") == "null")
            yield from _in_turn([self.of(member, level) for member in members])
        elif "oneOf" in node:
            yield from _in_turn([self.of(member, level) for member in tagged_members(node, self.defs)])
        elif node.get("type") == "array":
            yield from arrays.values(self, node, level)
        elif node.get("type") == "object":
            yield from objects.values(self, node, level)
        else:
            yield from leaves.values(node, self.texts, self._bold)


def _in_turn(members: Sequence[Sequence[JsonValue]]) -> Iterator[JsonValue]:
    """Yield the smallest and the fullest of the first that has any, then one of each in turn."""
    some = [values for values in members if values]
    if not some:
        return
    yield from some[0][:2]
    missing = object()
    for turn in zip_longest(some[0][2:], *some[1:], fillvalue=missing):
        # mypy cannot tell that what is not the filling is a value.
        yield from (value for value in turn if value is not missing)  # type: ignore[misc]

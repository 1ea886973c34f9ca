"""Different lists, tuples and sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import JsonValue

from brickline.contracts.nodes import Node, text_of

if TYPE_CHECKING:
    from brickline.contracts.trials.variety import Variety

_FULL = 3
"""How many items a list has that is full of nothing in particular."""
_MOST = 60
"""As long is a list without a bound at its longest; one whose bound is beyond it is not made up at that."""


def values(variety: Variety, node: Node, level: int) -> Iterator[JsonValue]:
    """Yield the shortest, a full one, the longest, and then one item of each kind in each place."""
    first = [variety.of(part, level) for part in node.get("prefixItems", ())]
    rest = variety.of(node.get("items", {}), level)
    least, most = node.get("minItems", 0), node.get("maxItems", _MOST)
    if not all(first):
        return
    unique = bool(node.get("uniqueItems"))
    shortest = _of_length(first, rest, least, unique)
    if shortest is None:
        return
    yield shortest
    fuller = [some[:2][-1:] for some in first]
    lengths = [min(most, max(least, len(first) + _FULL))]
    lengths += [most] if most <= _MOST else []
    for length in lengths:
        made = _of_length(fuller, rest[1:] + rest[:1], length, unique)
        if made is not None:
            yield made
    for place, some in enumerate(first):
        yield from ([*shortest[:place], value, *shortest[place + 1 :]] for value in some)
    if most > len(first):
        yield from _one_of_each(first, rest, least, unique)


def _one_of_each(
    first: list[list[JsonValue]], rest: list[JsonValue], least: int, unique: bool
) -> Iterator[JsonValue]:
    for place in range(len(rest)):
        turned = rest[place:] + rest[:place]
        made = _of_length(first, turned, max(least, len(first) + 1), unique)
        if made is not None:
            yield made


def _of_length(
    first: list[list[JsonValue]], rest: list[JsonValue], length: int, unique: bool
) -> list[JsonValue] | None:
    """Return a list of that many items, or of as many as its first places want; None if there is none."""
    made = [some[0] for some in first]
    missing = max(0, length - len(made))
    pool = list({text_of(value): value for value in rest}.values()) if unique else rest
    if missing and (not pool or (unique and len(pool) < missing)):
        return None
    return made + [pool[place % len(pool)] for place in range(missing)]

"""Different models and maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from pydantic import JsonValue

from brickline.contracts.errors import NoExample
from brickline.contracts.nodes import Node, checks_of, resolved
from brickline.contracts.witness.accepts import accepts_key
from brickline.contracts.witness.examples import keys

if TYPE_CHECKING:
    from brickline.contracts.trials.variety import Variety

_FULL = 3
"""How many entries a map has that is full of nothing in particular."""
_MOST = 40
"""A map that may hold more than this is not made up at its largest."""
_FIRST = 10
"""How many values of a field are paired with those of another."""
_ODD_KEYS = ("ключ", "鍵 🔑", "", "a.b[0]")

Object = dict[str, JsonValue]


def values(variety: Variety, node: Node, level: int) -> Iterator[JsonValue]:
    """Yield the smallest, the fullest, what holds each value of each field, and last one change a time.

    Their names are in order, so that equal ones have equal bytes.
    """
    for value in _values(variety, node, level):
        yield dict(sorted(value.items()))


def _values(variety: Variety, node: Node, level: int) -> Iterator[Object]:
    known = {name: variety.of(part, level) for name, part in node.get("properties", {}).items()}
    required = set(node.get("required", ()))
    if any(not known.get(name) for name in required):
        return
    known = {name: some for name, some in known.items() if some}
    extras = list(_extras(variety, node, level, known))
    if not extras:
        return
    smallest: Object = {**{name: known[name][0] for name in known if name in required}, **extras[0]}
    fullest: Object = {**{name: some[:2][-1] for name, some in known.items()}, **extras[:2][-1]}
    yield smallest
    yield fullest
    rows = max([len(extras), *map(len, known.values())])
    for row in range(rows):
        yield {**{name: some[row % len(some)] for name, some in known.items()}, **extras[row % len(extras)]}
    yield from _one_change(smallest, fullest, known, required)
    if checks_of(node):
        yield from _two_changes(smallest, known)


def _one_change(
    smallest: Object, fullest: Object, known: Mapping[str, list[JsonValue]], required: set[str]
) -> Iterator[Object]:
    for left_out in (name for name in known if name not in required):
        yield {name: value for name, value in fullest.items() if name != left_out}
    for turn in range(max(map(len, known.values()), default=0)):
        for name, some in known.items():
            if turn < len(some):
                yield {**smallest, name: some[turn]}


def _two_changes(smallest: Object, known: Mapping[str, list[JsonValue]]) -> Iterator[Object]:
    """Yield each pair of the first values of two fields: where the whole is checked they may have to fit."""
    for together in range(2 * _FIRST):
        for one, other in combinations(known, 2):
            for place in range(max(0, together - _FIRST + 1), min(together + 1, _FIRST)):
                if place < len(known[one]) and together - place < len(known[other]):
                    yield {**smallest, one: known[one][place], other: known[other][together - place]}


def _extras(
    variety: Variety, node: Node, level: int, known: Mapping[str, list[JsonValue]]
) -> Iterator[Object]:
    """Yield what may stand under names that are not listed, at least once unless that cannot be made up."""
    others = node.get("additionalProperties", {})
    least = node.get("minProperties", 0)
    if others is False or node.get("maxProperties") == 0:
        yield {}
        return
    names = [name for name in _names(variety, node) if name not in node.get("properties", {})]
    some = variety.of(others, level)
    if least > (len(names) if some else 0):
        return
    most = min(node.get("maxProperties", _MOST), len(names) if some else 0)
    yield _entries(names[:least], some)
    yield _entries(names[: min(most, max(least, _FULL))], some[1:] or some)
    if "maxProperties" in node and most == node["maxProperties"]:
        yield _entries(names[:most], some)
    if most == 0:
        return
    for place in range(max(len(some), min(len(names), variety.most))):
        name = names[place % len(names)]
        more = [each for each in names if each != name][: max(0, least - 1)]
        yield {**_entries(more, some), name: some[place % len(some)]}


def _entries(names: list[str], some: list[JsonValue]) -> Object:
    return {name: some[place % len(some)] for place, name in enumerate(names)} if some else {}


def _names(variety: Variety, node: Node) -> list[str]:
    """Return different keys that a map may hold, more than it must if that is within reason."""
    names: Node = node.get("propertyNames", {})
    try:
        found = list(keys(names, variety.defs))
    except NoExample:
        return []
    plain = bool(checks_of(resolved(names, variety.defs)))
    wanted = max(node.get("minProperties", 0), min(node.get("maxProperties", 0), _MOST))
    made = [form.format(place) for place in range(wanted) for form in ("key{}", "{}")]
    odd = () if plain else (*_ODD_KEYS, *variety.texts)
    found += [key for key in (*odd, *made) if accepts_key(names, variety.defs, key)]
    return list(dict.fromkeys(found))

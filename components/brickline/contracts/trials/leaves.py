"""Different values without parts: the small ones that witnesses are made of, and what surprises a program."""

import json
from collections.abc import Iterator
from functools import lru_cache

from pydantic import JsonValue

from brickline.contracts.nodes import ANNOTATIONS, Node, checks_of, text_of
from brickline.contracts.witness.leaves import leaf_writes
from brickline.contracts.witness.values import LONGEST, leaf_examples

_TEXTS = ("é", "Grüße, 世界", "🧱", 'a "b"\\\n\t/', "שלום", "e\u0301", " ", "0", "null", "\x00")
"""Scripts, letters of four bytes, right to left, what JSON escapes, what looks like another type, and NUL."""
_LONG = "long " * 2_000
_NUMBERS: tuple[JsonValue, ...] = (2**31, 2**53 + 1, -(2**63), 10**30, 0.1, -2.5, 1e-9, 1.7e308, -1.7e308)
_FORMATS: dict[str, tuple[str, ...]] = {
    "date-time": ("2024-02-29T23:59:59.999999+14:00", "0001-01-01T00:00:00Z", "2026-01-31T12:00:00"),
    "date": ("2024-02-29", "0001-01-01", "9999-12-31"),
    "time": ("23:59:59.999999", "00:00:00Z"),
    "duration": ("PT0S", "P999DT1H", "-P1D", "PT0.000001S"),
    "uuid": ("ffffffff-ffff-4fff-bfff-ffffffffffff",),
    "uri": ("http://xn--bcher-kva.example/a%20b?c=d#e",),
    "decimal": ("0.000001", "-99999999999999999999.5"),
    "decimal-or-nan": ("0.000001", "-Infinity"),
}


def values(node: Node) -> tuple[JsonValue, ...]:
    """Return what the writer may write. Under a check that is known by name alone, of the plainest only."""
    return _values(text_of({key: part for key, part in node.items() if key not in ANNOTATIONS}))


@lru_cache(maxsize=256)  # many fields are of one type
def _values(text: str) -> tuple[JsonValue, ...]:
    node = json.loads(text)
    checks = checks_of(node)
    made = (*leaf_examples(node), *(() if checks else _surprises(node)))
    return tuple(value for value in made if leaf_writes(node, value))


def _surprises(node: Node) -> Iterator[JsonValue]:
    kind, form = node.get("type"), node.get("format")
    if kind in ("integer", "number"):
        yield from (number for number in _NUMBERS if kind == "number" or isinstance(number, int))
    elif kind == "string" and form is not None:
        yield from _FORMATS.get(form, ())
    elif kind == "string" and "pattern" not in node:
        least, most = node.get("minLength", 0), node.get("maxLength")
        yield from (_fitted(text, least, most) for text in _TEXTS)
        if most is None:
            yield _fitted(_LONG, least, most)
        elif most <= LONGEST:
            yield "🧱" * most  # as long as may be in characters, and four times that in bytes


def _fitted(text: str, least: int, most: int | None) -> str:
    return (text * (-(-least // len(text)) or 1))[:most]

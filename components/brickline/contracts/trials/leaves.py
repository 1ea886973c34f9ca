"""Different values without parts: the small ones that witnesses are made of, and what surprises a program."""

import json
from collections.abc import Iterator
from functools import lru_cache

from pydantic import JsonValue

from brickline.contracts.nodes import ANNOTATIONS, Node, checks_of, text_of
from brickline.contracts.witness.leaves import leaf_writes
from brickline.contracts.witness.values import LONGEST, leaf_examples

_TEXTS = (
    *("é", "²", "a@", "Grüße, 世界", "🧱", "1,5", 'a "b"\\\n\t/', " a b ", "٣", "long " * 2_000, "-", "שלום"),
    *("a:b:c/d/e, f-g-h@i@j", ":/@,", "1e5", "NaN", " ", "0", "null", "\x00", "ß\u200b", "e\u0301"),
)
"""Scripts, letters of four bytes, right to left, what JSON escapes, what looks like another type, and NUL;
digits that are no number, numbers that are no digits, separators at the edges, alone and too often; and a
long one."""
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


def values(node: Node, texts: tuple[str, ...] = (), bold: bool = False) -> tuple[JsonValue, ...]:
    """Return what the writer may write, some `texts` among it.

    Under a check that is known by name alone, of the plainest only, unless `bold`.
    """
    bare = text_of({key: part for key, part in node.items() if key not in ANNOTATIONS})
    return _values(bare, texts if node.get("type") == "string" else (), bold)


@lru_cache(maxsize=256)  # many fields are of one type
def _values(text: str, texts: tuple[str, ...], bold: bool) -> tuple[JsonValue, ...]:
    node = json.loads(text)
    surprises = _surprises(node, texts) if bold or not checks_of(node) else ()
    return tuple(value for value in (*leaf_examples(node), *surprises) if leaf_writes(node, value))


def _surprises(node: Node, texts: tuple[str, ...]) -> Iterator[JsonValue]:
    kind, form = node.get("type"), node.get("format")
    if kind in ("integer", "number"):
        yield from (number for number in _NUMBERS if kind == "number" or isinstance(number, int))
    elif kind == "string" and form is not None:
        yield from _FORMATS.get(form, ())
    elif kind == "string" and "pattern" in node:
        yield from (*texts, *_TEXTS)  # as they are: few will match
    elif kind == "string":
        least, most = node.get("minLength", 0), node.get("maxLength")
        if most is not None and most <= LONGEST:
            # As long as may be: in letters that are two when they are capitals, and in letters of four bytes.
            yield from ("ß" * most, "🧱" * most)
        within = [form for text in texts for form in (text, f"a{text}", f"{text}a{text}b{text}")]
        yield from (_fitted(text, least, most) for text in (*within, *_TEXTS))
        if most is not None and most <= LONGEST:
            yield from (_fitted(text, most, most) for text in texts)


def _fitted(text: str, least: int, most: int | None) -> str:
    return (text * (-(-least // len(text)) or 1))[:most]

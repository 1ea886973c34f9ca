"""Which line of a TOML text each key, table and array element stands in: the parser does not tell."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value from the root: keys, and positions in arrays."""

_DEEPEST = 16
"""Parts of a dotted key that are looked at: one of thousands would take minutes, and nobody asks for it."""
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}#\n]*")  # a number, a boolean, a date
_STRINGS = (
    # A string of several lines may end with quotes of its own before the three that close it.
    re.compile(r'"""(?:[^\\]|\\.)*?"""(?:""|")?(?!")', re.DOTALL),
    re.compile(r"'''.*?'''(?:''|')?(?!')", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def lines_of(text: str) -> Mapping[Place, int]:
    """Return the line, from 1, of everything in a text that `tomllib` has read without complaint."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._lines: dict[Place, int] = {}
        self._arrays: dict[Place, int] = {}
        """Arrays of tables, each with how many tables it has so far."""

    def read(self) -> Mapping[Place, int]:
        table: Place = ()
        while self._skip_space() < len(self._text):
            if self._peek("[["):
                table = self._array_table()
            elif self._peek("["):
                table = self._table()
            else:
                self._pair(table)
        return self._lines

    def _table(self) -> Place:
        start = self._at
        self._at += 1
        place = self._resolved((), self._key(), start)
        self._lines[place] = self._line(start)  # its own line, though a table within it came before
        self._at += 1
        return place

    def _array_table(self) -> Place:
        start = self._at
        self._at += 2
        *parents, last = self._key()
        array = (*self._resolved((), tuple(parents), start), last)
        self._at += 2
        number = self._arrays[array] = self._arrays.get(array, -1) + 1
        self._note(array, start)
        self._note((*array, number), start)
        return (*array, number)

    def _resolved(self, place: Place, key: tuple[str, ...], start: int) -> Place:
        """Go down a dotted key; one that names an array of tables means its last table."""
        for part in key[:_DEEPEST]:
            place = (*place, part)
            if place in self._arrays:
                place = (*place, self._arrays[place])
            self._note(place, start)
        return place

    def _pair(self, table: Place) -> None:
        start = self._at
        place = self._resolved(table, self._key(), start)
        self._at += 1  # the equals sign
        self._value(place)

    def _value(self, place: Place) -> None:
        self._skip_space()
        if self._peek("["):
            self._items(place, "]")
        elif self._peek("{"):
            self._items(place, "}")
        elif not (self._take_string() or self._take(_PLAIN)):
            self._at += (
                1  # nothing that is known: go on all the same, a line may be wrong but there is an end
            )

    def _items(self, place: Place, end: str) -> None:
        self._at += 1
        number = 0
        while self._skip_space() < len(self._text) and not self._peek(end):
            if end == "}":
                self._pair(place)
            else:
                self._note((*place, number), self._at)
                self._value((*place, number))
            number += 1
            self._skip_space()
            self._at += self._peek(",")
        self._at += 1

    def _key(self) -> tuple[str, ...]:
        """Take a key and the space around it: bare and quoted parts between dots."""
        parts = []
        while True:
            self._skip_space()
            quoted = self._take_string()
            parts.append(_unquoted(quoted) if quoted else self._take(_BARE_KEY))
            self._skip_space()
            if not self._peek("."):
                return tuple(parts)
            self._at += 1

    def _note(self, place: Place, at: int) -> None:
        self._lines.setdefault(place, self._line(at))

    def _line(self, at: int) -> int:
        return bisect_left(self._line_ends, at) + 1

    def _peek(self, mark: str) -> bool:
        return self._text.startswith(mark, self._at)

    def _skip_space(self) -> int:
        self._take(_SPACE)
        return self._at

    def _take_string(self) -> str:
        return next((taken for pattern in _STRINGS if (taken := self._take(pattern))), "")

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]


def _unquoted(text: str) -> str:
    value = tomllib.loads(f"it = {text}")["it"]
    return str(value)

"""Typed reading of a table of a TOML file: what will not do becomes a problem, with its line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches

from brickline.llm_routing.models.toml_lines import Place

_MOST_SHOWN = 40
_MOST_BITS = 128
_MOST_DECIMALS = 15


class Problems:
    """What is wrong with a file so far."""

    def __init__(self, file: str, lines: Mapping[Place, int]) -> None:
        self._file = file
        self._lines = lines
        self._found: list[tuple[int, str]] = []

    def add(self, place: Place, sentence: str) -> None:
        """Note a problem of what stands at `place`, or of what it would stand in if it were there."""
        while place and place not in self._lines:
            place = place[:-1]
        self._found.append((self._lines.get(place, 1), sentence))

    def in_order(self) -> tuple[str, ...]:
        """Return them by line, each with file and line before it."""
        ordered = sorted(self._found, key=lambda found: found[0])
        return tuple(f"{self._file}:{line}: {sentence}" for line, sentence in ordered)


class Table:
    """One table. Each method returns None where the key is missing or, with a problem noted, will not do."""

    def __init__(self, values: Mapping[str, object], place: Place, label: str, problems: Problems) -> None:
        self._values = values
        self._place = place
        self._label = label
        self._problems = problems

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def problem(self, key: str | None, sentence: str) -> None:
        """Note a problem of a key, or of the whole table."""
        place = self._place if key is None else (*self._place, key)
        self._problems.add(place, f"{self._label}: {sentence}" if self._label else sentence)

    def only(self, known: Sequence[str]) -> None:
        """Note every key that is not among `known`."""
        for key in self._values:
            if key not in known:
                close = get_close_matches(key, known, 1)
                hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
                self.problem(key, f"there is no key {_shown(key)}; {hint}")

    def require(self, key: str, wanted: str) -> None:
        """Note a problem if the key is missing."""
        if key not in self._values:
            self.problem(None, f"{key} is missing; state {wanted}")

    def text(self, key: str, pattern: str, wanted: str, *, secret: bool = False) -> str | None:
        """Read a text that matches all of `pattern`; one that may be a secret by mistake is not repeated."""
        value = self._values.get(key)
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        self._wrong(key, value, wanted, secret=secret)
        return None

    def whole(self, key: str, low: int, high: int) -> int | None:
        """Read a whole number."""
        value = self._values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._wrong(key, value, f"a whole number from {low} to {high}")
        return None

    def number(self, key: str, low: float, high: float) -> Decimal | None:
        """Read a number, exactly as it is written."""
        value = self._values.get(key)
        number = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
        wanted = f"a number from {low:g} to {high:g}"
        if isinstance(number, Decimal):
            exponent = number.as_tuple().exponent  # a letter for NaN, comparing with which would raise
            if isinstance(exponent, int) and low <= number <= high:
                if exponent >= -_MOST_DECIMALS:
                    return number
                wanted = f"a number with at most {_MOST_DECIMALS} decimals"
        self._wrong(key, value, wanted)
        return None

    def flag(self, key: str) -> bool | None:
        """Read true or false."""
        value = self._values.get(key)
        if isinstance(value, bool):
            return value
        self._wrong(key, value, "true or false")
        return None

    def one_of(self, key: str, choices: Sequence[str]) -> str | None:
        """Read one of some texts."""
        value = self._values.get(key)
        if isinstance(value, str) and value in choices:
            return value
        self._wrong(key, value, _choice(value, choices))
        return None

    def some_of(self, key: str, choices: Sequence[str]) -> frozenset[str] | None:
        """Read an array of some texts."""
        value = self._values.get(key)
        if isinstance(value, list):
            wrong = [item for item in value if item not in choices]
            if not wrong:
                return frozenset(value)
            value = wrong[0]
        self._wrong(key, value, f"an array, with each item {_choice(value, choices)}")
        return None

    def table(self, key: str) -> "Table | None":
        """Read a table within this one."""
        value = self._values.get(key)
        if isinstance(value, dict):
            return Table(value, (*self._place, key), f"{self._label}: {key}", self._problems)
        self._wrong(key, value, "a table such as { name = value }")
        return None

    def tables(self, key: str, label: str) -> "Iterator[Table]":
        """Read an array of tables, each labelled `label` and its position from 1."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problem(key, f"{key} is an array of tables: each begins with a line [[{key}]]")
            return
        for number, item in enumerate(value):
            yield Table(item, (*self._place, key, number), f"{label} {number + 1}", self._problems)

    def named(self, label: str) -> "Table":
        """Return it with another label in its problems."""
        return Table(self._values, self._place, label, self._problems)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def _wrong(self, key: str, value: object, wanted: str, *, secret: bool = False) -> None:
        if key in self._values:
            said = "does not fit" if secret else f"is {_shown(value)}"
            self.problem(key, f"{key} {said}; it is {wanted}")


def _choice(value: object, choices: Sequence[str]) -> str:
    close = get_close_matches(value, choices, 1) if isinstance(value, str) else []
    listed = f"one of {', '.join(choices)}"
    return f"{listed}: did you mean {close[0]}?" if close else listed


def _shown(value: object) -> str:
    """Show a value as it was written, or nearly so."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "an array"
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return "far out of range"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."

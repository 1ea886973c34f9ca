"""Whether enough was really tried, where a writer's own checks leave few of the documents made up."""

from collections.abc import Callable, Iterable, Iterator

from pydantic import JsonValue

Checked = Callable[[JsonValue], Iterable[tuple[JsonValue, frozenset[str]]]]
"""Yields each value of a document, with the checks that its writer makes of it."""


class Coverage:
    """What was tried, and what was not because nobody may have written it."""

    def __init__(self, checked: Checked) -> None:
        self._checked = checked
        self.tried: list[JsonValue] = []
        self.put_aside: list[JsonValue] = []

    def lacks(self) -> bool:
        """Whether next to nothing was tried, or only empty parts where a check is of the whole."""
        if not self.put_aside:
            return False
        return len(self.tried) < 2 or not self._parts(self.put_aside) <= self._parts(self.tried)

    def _parts(self, documents: Iterable[JsonValue]) -> set[tuple[frozenset[str], str]]:
        """Return what once held something: fields, by the checks of their object, and checked lists."""
        found: set[tuple[frozenset[str], str]] = set()
        for value, checks in (each for document in documents for each in self._checked(document)):
            if checks:
                found.update((checks, name) for name in _filled(value))
        return found


def _filled(value: JsonValue) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (name for name, each in value.items() if _holds_something(each))
    elif isinstance(value, list) and _holds_something(value):
        yield ""


def _holds_something(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_something, value.values()))
    if isinstance(value, list):
        return any(map(_holds_something, value))
    return bool(value)

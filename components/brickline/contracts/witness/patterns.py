"""A short string that matches a regular expression, where it is of the simpler kind."""

import re
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", DeprecationWarning
    )  # the parser has no public name, and no other successor
    import sre_parse

from brickline.contracts.errors import NoExample

_CLASSES = {
    "CATEGORY_DIGIT": "0",
    "CATEGORY_WORD": "a",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "a",
    "CATEGORY_NOT_WORD": "-",
    "CATEGORY_NOT_SPACE": "a",
}
_LETTERS = "a0A -_.:/@~!é"


@lru_cache(maxsize=1024)
def matching(pattern: str, at_least: int = 0) -> str:
    """Return a string of at least so many characters, if the pattern allows. Raises `NoExample`."""
    try:
        parts = sre_parse.parse(pattern)
        for extra in (0, 1, at_least):
            text = "".join(_of(part, extra) for part in parts.data)
            if len(text) >= at_least and re.search(pattern, text):
                return text
    except (re.error, KeyError, IndexError):
        pass
    raise NoExample(f"no example of {pattern!r} could be made up")


def _of(part: tuple[Any, Any], extra: int) -> str:
    name, value = str(part[0]), part[1]
    match name:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return next(letter for letter in _LETTERS if letter != chr(value))
        case "ANY":
            return "a"
        case "IN":
            return _in(value)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            times = min(int(most), max(int(least), extra))
            return "".join(_of(each, 0) for each in inner.data) * times
        case "SUBPATTERN":
            return "".join(_of(each, extra) for each in value[-1].data)
        case "BRANCH":
            return "".join(_of(each, extra) for each in value[1][0].data)
        case "AT":
            return ""
    raise KeyError(name)


def _in(members: Sequence[tuple[Any, Any]]) -> str:
    first, value = str(members[0][0]), members[0][1]
    if first == "NEGATE":
        barred = re.compile("[" + "".join(_shown(member) for member in members[1:]) + "]")
        return next(letter for letter in _LETTERS if not barred.match(letter))
    if first == "CATEGORY":
        return _CLASSES[str(value)]
    return chr(value if first == "LITERAL" else value[0])


def _shown(member: tuple[Any, Any]) -> str:
    kind, value = str(member[0]), member[1]
    if kind == "LITERAL":
        return re.escape(chr(value))
    if kind == "RANGE":
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w", "CATEGORY_SPACE": r"\s"}[str(value)]

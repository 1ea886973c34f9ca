"""JSON that says each thing once, in the one encoding: what of JSON a snapshot may be made of."""

import json
from typing import Any

MAX_BYTES = 16 * 1024 * 1024
"""More than any snapshot has: thousands of revisions."""

_MERGE_MARKS = ("<<<<<<< ", "=======\n", ">>>>>>> ")


class NotPlainJson(ValueError):
    """Raised when bytes are not such JSON."""


class UnfinishedMerge(NotPlainJson):
    """Raised when two branches stand side by side in the bytes."""


def loaded(content: bytes) -> tuple[str, object]:
    """Return the text and what it says. Lines may end as git ends them on Windows. Raises `NotPlainJson`."""
    if len(content) > MAX_BYTES:
        raise NotPlainJson(f"it has {len(content):,} bytes, and no snapshot has more than {MAX_BYTES:,}")
    try:
        text = content.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise NotPlainJson(f"it is not UTF-8: {error.reason} at byte {error.start}") from error
    if text.startswith("\ufeff"):
        raise NotPlainJson("it begins with a byte order mark, which an editor has put there")
    if any(text.startswith(mark) or f"\n{mark}" in text for mark in _MERGE_MARKS):
        raise UnfinishedMerge("it holds the marks of a merge that was not finished")
    try:
        document: object = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant
        )
        json.dumps(document, ensure_ascii=False).encode()
    except NotPlainJson:
        raise
    except UnicodeEncodeError as error:
        raise NotPlainJson("it holds half of a surrogate pair, which is no character") from error
    except ValueError as error:
        raise NotPlainJson(f"it is not JSON: {error}") from error
    except RecursionError as error:
        raise NotPlainJson("it is nested deeper than any schema") from error
    return text, document


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotPlainJson(f"it states {twice[:200]!r} twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise NotPlainJson(f"it holds {name}, which is not JSON")

"""How wide and how deep a schema is: the most choices in one place, and which definitions hold themselves."""

from collections.abc import Iterator

from brickline.contracts.nodes import Node


def widest(part: object) -> int:
    """Return how many choices there are where there are most: values of an enum, or members of a union."""
    parts = list(part.values() if isinstance(part, dict) else part if isinstance(part, list) else ())
    here = [len(part[word]) for word in ("enum", "anyOf", "oneOf") if isinstance(part, dict) and word in part]
    return max([*here, *map(widest, parts)], default=0)


def recursive(defs: Node) -> frozenset[str]:
    """Return the references to definitions through which one comes back to where one was."""
    direct = {f"#/$defs/{name}": frozenset(_references(part)) for name, part in defs.items()}
    return frozenset(start for start in direct if start in _reached(start, direct))


def _reached(start: str, direct: dict[str, frozenset[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(direct[start])
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += direct.get(name, ())
    return reached


def _references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
    elif isinstance(part, list):
        for each in part:
            yield from _references(each)

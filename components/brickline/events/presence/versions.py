"""Versions in words."""

from collections.abc import Collection

_MOST = 5


def in_words(versions: Collection[int]) -> str:
    """Write versions in order, such as `1-7, 9 and 12`; of many the first, and how many more."""
    parts: list[list[int]] = []
    for version in sorted(set(versions)):
        if parts and version == parts[-1][-1] + 1:
            parts[-1].append(version)
        else:
            parts.append([version])
    texts = [text for part in parts[:_MOST] for text in _part(part)]
    if more := sum(map(len, parts[_MOST:])):
        texts.append(f"{more} more")
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def _part(part: list[int]) -> list[str]:
    return [str(each) for each in part] if len(part) < 3 else [f"{part[0]}-{part[-1]}"]

"""Cutting a long text where a reader would."""

from collections.abc import Iterator

from brickline.texts.visible import is_blank

_SEPARATORS = ("\n\n", "\n", ". ", " ")
_LONGEST_CHARACTER = 4  # bytes, in UTF-8


def readable_parts(text: str, max_bytes: int) -> tuple[str, ...]:
    """Cut as `split_text` does, and leave out the parts that show nothing.

    There is nothing to be found in those; asked for it, a model fails or invents.
    """
    return tuple(part for part in split_text(text, max_bytes) if not is_blank(part))


def split_text(text: str, max_bytes: int) -> tuple[str, ...]:
    """Cut `text` into parts of at most `max_bytes` UTF-8 bytes; together they are the text, to the character.

    Each cut is at the last paragraph end that fits, else line end, sentence end, space, or any character.
    Raises `ValueError` if not every character fits.
    """
    if max_bytes < _LONGEST_CHARACTER:
        raise ValueError(f"max_bytes is {max_bytes}: a character has up to {_LONGEST_CHARACTER}")
    return tuple(_parts(text, max_bytes))


def _parts(text: str, max_bytes: int) -> Iterator[str]:
    start = 0
    while True:
        # A character is a byte at least: no more can fit, and no more is looked at.
        ahead = text[start : start + max_bytes + 1]
        encoded = ahead.encode()
        if len(encoded) <= max_bytes:
            yield ahead
            return
        # Cutting bytes may halve a character: the decoder drops the half.
        head = encoded[:max_bytes].decode(errors="ignore")
        cut = _cut(head)
        yield head[:cut]
        start += cut


def _cut(head: str) -> int:
    """Return where to cut within `head`, never in its first half: parts should not be many."""
    for separator in _SEPARATORS:
        found = head.rfind(separator, len(head) // 2)
        if found != -1:
            return found + len(separator)
    return len(head)

"""Cutting a long text where a reader would."""

from collections.abc import Iterator

_SEPARATORS = ("\n\n", "\n", ". ", " ")


def split_text(text: str, max_bytes: int) -> tuple[str, ...]:
    """Cut `text` into parts of at most `max_bytes` UTF-8 bytes; together they are the text, to the character.

    Each cut is at the last paragraph end that fits, else line end, sentence end, space, or any character.
    """
    return tuple(_parts(text, max_bytes))


def _parts(text: str, max_bytes: int) -> Iterator[str]:
    while len(text.encode()) > max_bytes:
        # Cutting bytes may halve a character: the decoder drops the half.
        head = text.encode()[:max_bytes].decode(errors="ignore")
        cut = _cut(head)
        yield text[:cut]
        text = text[cut:]
    yield text


def _cut(head: str) -> int:
    """Return where to cut within `head`, never in its first half: parts should not be many."""
    for separator in _SEPARATORS:
        found = head.rfind(separator, len(head) // 2)
        if found != -1:
            return found + len(separator)
    return len(head)

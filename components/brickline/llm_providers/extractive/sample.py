"""Bounds the work a text can cause."""

_LIMIT = 32_000
_HEAD = 16_000
_WINDOW = 2_000


def sample(text: str) -> str:
    """`text` if it is short, else its first half of the limit and windows spread evenly over the rest.

    A document says what it is about at its start, and keeps saying it: in 32,000 characters, ten times the
    usual memo, key phrases have repeated themselves often enough to be ranked.
    """
    if len(text) <= _LIMIT:
        return text
    windows = (_LIMIT - _HEAD) // _WINDOW
    stride = (len(text) - _HEAD) / windows
    starts = [int(_HEAD + stride * i) for i in range(windows)]
    return "\n\n".join(
        [_whole_words(text, 0, _HEAD), *(_whole_words(text, at, at + _WINDOW) for at in starts)]
    )


def _whole_words(text: str, start: int, end: int) -> str:
    """The slice without the fragments of words at its ends, unless it is all one word."""
    piece = text[start:end]
    if start > 0:
        first = piece.find("\n\n")
        if not 0 <= first < _WINDOW // 2:
            first = piece.find(" ")
        piece = piece[first + 1 :]
    last = piece.rfind(" ")
    return piece[:last] if last > 0 else piece

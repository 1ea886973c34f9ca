"""Which texts can be compared at all."""

import re

LONGEST = 4000
"""Characters. The mean of so many words says what a text is about, and no longer what it states."""

# NUL cannot be stored in Postgres; a surrogate stands for no character.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def unfit(text: str, longest: int = LONGEST) -> str | None:
    """Why `text` cannot be compared with another, or None if it can."""
    if len(text) > longest:
        return f"a text of {len(text):,} characters is not compared, only up to {longest:,}"
    if broken := _NO_TEXT.search(text):
        return f"a text with U+{ord(broken[0]):04X} in it is not compared"
    if not any(map(str.isalnum, text)):
        return "a text without a letter or digit is not compared"
    return None

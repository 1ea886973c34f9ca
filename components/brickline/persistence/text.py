"""Text that a column takes, whoever wrote it."""


def storable(text: str, *, longest: int = 2000) -> str:
    """Cut the text to `longest` characters and replace what Postgres refuses: NUL and lone surrogates."""
    text = text[:longest].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode("utf-8")

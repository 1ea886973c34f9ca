"""Errors as text that a Postgres column takes, whatever their authors put into them."""

_MAX_CHARS = 2000


def storable(text: str) -> str:
    """Return the text cut to 2,000 characters, without NUL and lone surrogates, which Postgres refuses."""
    text = text[:_MAX_CHARS].replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode("utf-8")


def message_of(error: BaseException) -> str:
    """Return what the error says, in storable form."""
    try:
        return storable(str(error))
    except Exception:
        return "(its message cannot be read)"


def describe(error: BaseException) -> str:
    """Return type and message in one line, in storable form."""
    return storable(f"{type(error).__name__}: {message_of(error)}")

"""Errors as text that a Postgres column takes, whatever their authors put into them."""

from brickline.persistence import storable

__all__ = ["describe", "message_of", "storable"]


def message_of(error: BaseException) -> str:
    """Return what the error says, in storable form."""
    try:
        return storable(str(error))
    except Exception:
        return "(its message cannot be read)"


def describe(error: BaseException) -> str:
    """Return type and message in one line, in storable form."""
    return storable(f"{type(error).__name__}: {message_of(error)}")

"""Amounts as text."""

_MICROS = 1_000_000


def usd(micros: int) -> str:
    """Write micro-dollars, 0 or more, as dollars to the last of them: 1,500 as `$0.001500`."""
    return f"${micros // _MICROS}.{micros % _MICROS:06}"

"""Dollars as people write and read them; everywhere else, money is whole micro-dollars."""

import re
from decimal import Decimal

from brickline.standalone.wrong_option import WrongOption

_MICROS = 1_000_000
_AMOUNT = re.compile(r"\$?([0-9]{1,9}(?:\.[0-9]{1,6})?)")


def read_usd(option: str, text: str) -> int:
    """Read an amount in dollars as micro-dollars. Raises `WrongOption`."""
    given = text.strip()
    if given.startswith("-"):
        raise WrongOption(f"{option} is {text}: an amount of money is never below zero.")
    amount = _AMOUNT.fullmatch(given)
    if amount is None:
        raise WrongOption(
            f"{option} is {text!r}: write dollars with at most six decimals, such as 5 or 0.25, "
            "up to 999999999."
        )
    return int(Decimal(amount[1]) * _MICROS)


def usd(micros: int) -> str:
    """Write an amount: to the cent, and as much finer as it is."""
    sign, whole = "-" if micros < 0 else "", abs(micros)
    fraction = f"{whole % _MICROS:06}".rstrip("0").ljust(2, "0")
    return f"{sign}${whole // _MICROS:,}.{fraction}"


def as_usd(micros: int) -> float:
    """Return an amount as JSON has it: dollars, exact to the micro-dollar."""
    return micros / _MICROS

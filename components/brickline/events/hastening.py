"""Having what was put back tried before its time, because what it waits for is there."""

from brickline.events.error_text import storable
from brickline.events.errors import Deferred
from brickline.persistence import Connection, Queries

_QUERIES = Queries(__package__, "hastening.sql")

_SPREAD_S = 3.0
"""So that those who waited together do not all come at once."""


def waits_for(error: Exception) -> str | None:
    """Return the word of a handler that said what it waits for."""
    if not isinstance(error, Deferred) or error.waiting_for is None:
        return None
    return storable(error.waiting_for)


async def hasten(connection: Connection, *, waiting_for: str, spread_s: float = _SPREAD_S) -> int:
    """Let the events that a handler put back for the sake of `waiting_for` fall due; return how many.

    That is the word of `Deferred`, such as "budget". They fall due within `spread_s` seconds, in whatever
    process relays for the service; one that still lacks the same is put back again.
    """
    hastened: int = await connection.fetchval(_QUERIES["hasten"], waiting_for, spread_s)
    return hastened

"""Writing a dead letter."""

from uuid_utils.compat import uuid7

from brickline.events.dead_letters.letter import DeadLetter
from brickline.events.dead_letters.sql import QUERIES
from brickline.events.error_text import storable
from brickline.persistence import Connection


async def bury(connection: Connection, letter: DeadLetter) -> None:
    """Write the dead letter; one of a replayed event names the letter that was replayed."""
    await connection.execute(
        QUERIES["bury"],
        uuid7(),
        letter.event_id,
        letter.group_id,
        storable(letter.topic),
        letter.tenant,
        letter.trace_id,
        letter.reason,
        letter.error_text,
        letter.fingerprint,
        letter.attempts,
        letter.body,
    )

"""Whether an edited body can take the place of a letter's own."""

import json
from typing import TYPE_CHECKING

from brickline.events.dead_letters.errors import UnfitEdit
from brickline.schemas import Envelope, UnreadableEvent, peek

if TYPE_CHECKING:
    import asyncpg


def check_edit(body: bytes, letter: "asyncpg.Record") -> Envelope:
    """Return the event that `body` holds. Raises `UnfitEdit`.

    It has to be the letter's event, for the same tenant and in the same trace, where the letter holds one.
    Whether the group can read its payload shows in the replay.
    """
    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnfitEdit(f"The edited body is not JSON: {error}") from error
    try:
        event = peek(body)
    except UnreadableEvent as error:
        raise UnfitEdit(f"The edited body is JSON but {error}") from error
    if letter["tenant"] is None:  # the letter's id was made up for bytes that hold none
        return event
    kept = (
        ("id", letter["event_id"], event.id),
        ("tenant", letter["tenant"], event.tenant),
        ("trace id in traceparent", letter["trace_id"], event.traceparent),
    )
    for name, of_letter, of_edit in kept:
        if of_letter != of_edit:
            raise UnfitEdit(
                f"The edited body has the {name} {of_edit}, and the letter's is {of_letter}: keep it."
            )
    return event

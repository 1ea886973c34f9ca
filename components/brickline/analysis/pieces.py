"""One event's text as pieces that a model can take."""

from collections.abc import Mapping

from brickline.texts import readable_parts

_LEAST_BYTES = 400
"""Shorter pieces say too little: what has no room for this much is for another model, or for none."""


def pieces_of(text: str, room: int | None, step: str) -> Mapping[str, str]:
    """Return the pieces in their order, each of at most `room` UTF-8 bytes, by the names of their calls.

    A call that was paid for is known by its name on the next delivery, so a name stands for one piece of the
    text alone: `step` for the whole, else a number and the room. If the models file, and with it the room,
    has changed since an earlier delivery of the event, no answer is then taken for that to another piece.
    Pieces that are the same in spite of it are in the client's cache; those that are cut elsewhere now are
    new questions, and paid for.
    """
    if room is None or len(text.encode()) <= room:
        return {step: text}
    room = max(room, _LEAST_BYTES)
    pieces = readable_parts(text, room)
    if pieces in ((), (text,)):
        return {step: text}
    return {f"{step}/{number}@{room}": piece for number, piece in enumerate(pieces, start=1)}

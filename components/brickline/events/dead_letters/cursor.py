"""A place in the list of letters, as an opaque string."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from brickline.events.dead_letters.errors import WrongRequest
from brickline.events.dead_letters.records import Letter


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """After this letter; the list is ordered by time, then id, across all services."""

    dead_at: datetime
    dead_letter_id: UUID

    @classmethod
    def at(cls, letter: Letter) -> "Cursor":
        """Return the place of a letter."""
        return cls(letter.dead_at, letter.dead_letter_id)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what `str` wrote. Raises `WrongRequest`."""
        try:
            at, _, letter = base64.urlsafe_b64decode(text.encode("ascii")).decode("ascii").partition(" ")
            cursor = cls(datetime.fromisoformat(at), UUID(letter))
        except (ValueError, binascii.Error):
            cursor = None
        if cursor is None or cursor.dead_at.utcoffset() is None:
            raise WrongRequest("This cursor is none that a page of dead letters ended with: start anew.")
        return cursor

    def __str__(self) -> str:
        text = f"{self.dead_at.isoformat()} {self.dead_letter_id}"
        return base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii")

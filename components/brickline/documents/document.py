"""A document as it is submitted."""

import re
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

from brickline.documents.errors import BlankDocument, DocumentTooLarge, NotText

MAX_DOCUMENT_BYTES = 1024 * 1024
"""The largest text accepted, in UTF-8 bytes."""

_MAX_TITLE_CHARS = 300
_DERIVED_TITLE_CHARS = 80
_MARKDOWN_HEADING = re.compile(r"^#{1,6}\s+|\s+#+$")


@dataclass(frozen=True, slots=True)
class Document:
    """A text with a title and an id of its own."""

    document_id: UUID
    title: str
    text: str

    @classmethod
    def create(cls, text: str, title: str | None = None) -> Self:
        """Check a text and give it an id; without a title, its first line becomes one.

        Raises `BlankDocument`, `NotText` or `DocumentTooLarge`.
        """
        size = len(text.encode())
        if size > MAX_DOCUMENT_BYTES:
            raise DocumentTooLarge(
                f"the text has {size:,} bytes as UTF-8; the limit is {MAX_DOCUMENT_BYTES:,}: split it"
            )
        if "\x00" in text or "\x00" in (title or ""):
            raise NotText("the text holds NUL characters, so it is no text: is it a binary file?")
        if not any(character.isprintable() and not character.isspace() for character in text):
            raise BlankDocument("the text is blank: send at least one word")
        return cls(uuid7(), _clean(title or "") or _first_line(text), text)


def _first_line(text: str) -> str:
    """Return the first line that shows something, without its markdown heading marks, cut at a word."""
    lines = (_clean(_MARKDOWN_HEADING.sub("", line.strip())) for line in text.splitlines())
    line = next((line for line in lines if line), "Untitled")
    if len(line) <= _DERIVED_TITLE_CHARS:
        return line
    return line[: _DERIVED_TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"


def _clean(title: str) -> str:
    """Return the title in one line, without invisible characters, cut to 300 characters."""
    visible = "".join(character if character.isprintable() else " " for character in title)
    return " ".join(visible.split())[:_MAX_TITLE_CHARS]

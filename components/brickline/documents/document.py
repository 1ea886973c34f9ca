"""A document as it is submitted."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from uuid_utils.compat import uuid7

from brickline.documents.errors import BlankDocument, DocumentTooLarge, NotText
from brickline.texts import is_blank

MAX_DOCUMENT_BYTES = 1024 * 1024
"""The largest text accepted, in UTF-8 bytes."""

_MAX_TITLE_CHARS = 300
_DERIVED_TITLE_CHARS = 80
_MAX_HEADING_LEVEL = 6


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
        size = _utf8_size(text)
        if size > MAX_DOCUMENT_BYTES:
            raise DocumentTooLarge(
                f"the text has {size:,} bytes as UTF-8; the limit is {MAX_DOCUMENT_BYTES:,}: split it"
            )
        if "\x00" in text or "\x00" in (title or ""):
            raise NotText("the text holds NUL characters, so it is no text: is it a binary file?")
        if is_blank(text):
            raise BlankDocument("the text is blank: send at least one word")
        return cls(uuid7(), _clean(title or "") or _first_line(text), text)


def _utf8_size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        raise NotText(
            f"the text holds half of a surrogate pair at character {error.start:,}, which is no character"
        ) from error


def _first_line(text: str) -> str:
    """Return the first line with a letter or digit, without its markdown heading marks, cut at a word."""
    lines = (_clean(_without_heading_marks(line.strip())) for line in text.splitlines())
    line = next((line for line in lines if any(map(str.isalnum, line))), "Untitled")
    if len(line) <= _DERIVED_TITLE_CHARS:
        return line
    return line[: _DERIVED_TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"


def _without_heading_marks(line: str) -> str:
    """Strip `## Title ##` to its title. No regular expression: a line may have a million characters."""
    level = len(line) - len(line.lstrip("#"))
    if 1 <= level <= _MAX_HEADING_LEVEL and line[level : level + 1].isspace():
        line = line[level:].strip()
    unclosed = line.rstrip("#")
    return unclosed if unclosed[-1:].isspace() else line


def _clean(title: str) -> str:
    """Return the title in one line, without invisible characters, cut to 300 characters."""
    visible = "".join(character if character.isprintable() else " " for character in title)
    return " ".join(visible.split())[:_MAX_TITLE_CHARS]

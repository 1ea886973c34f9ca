"""An announcement as others hear it, and a farewell."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError

from brickline.events.errors import EventsError
from brickline.events.notice_queue import MAX_NOTICE_BYTES
from brickline.events.presence.announcement import Announcement


class NoticeError(EventsError):
    """Raised for a notice that cannot be read, or is too long to be heard."""


class _Notice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = 1
    here: Announcement | None = None
    gone: UUID | None = None


def here(announcement: Announcement) -> bytes:
    """Write that a process is there. Raises `NoticeError` if it tells more than a notice may hold."""
    notice = _Notice(here=announcement).model_dump_json(exclude_none=True).encode()
    if len(notice) > MAX_NOTICE_BYTES:
        raise NoticeError(
            f"what {announcement.service} reads and writes takes {len(notice):,} bytes to tell, and a notice "
            f"has {MAX_NOTICE_BYTES:,}: nobody hears of it"
        )
    return notice


def gone(instance: UUID) -> bytes:
    """Write that a process takes no more events."""
    return _Notice(gone=instance).model_dump_json(exclude_none=True).encode()


def read_notice(notice: bytes) -> Announcement | UUID:
    """Return the announcement, or the instance that says farewell. Raises `NoticeError`."""
    try:
        read = _Notice.model_validate_json(notice)
    except ValidationError as error:
        # Not its text, which quotes what anyone may have written.
        raise NoticeError(f"{error.error_count()} errors, the first: {error.errors()[0]['type']}") from None
    said = read.here or read.gone
    if said is None:
        raise NoticeError("it says nothing")
    return said

"""The check for JSON that decodes to something that is no text."""

import json
import re

from fastapi import Request

from brickline.web.validation import malformed_body

# An escaped surrogate, paired or not, or one in UTF-8, where none may be.
_SUSPECT = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")


async def refuse_lone_surrogates(request: Request) -> None:
    r"""Refuse half of a surrogate pair (`"\ud800"`); raises Problem (400).

    Python's decoder lets it through, and pydantic's `str` too, but it has no UTF-8 form: it would fail later,
    in a database or in a message, where the caller is gone. I-JSON forbids it (RFC 7493, section 2.1).
    """
    if "json" not in request.headers.get("content-type", ""):
        return
    if _SUSPECT.search(await request.body()) is None:  # read before, like what it decodes to
        return
    try:
        json.dumps(await request.json(), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise malformed_body("holds half of a surrogate pair, which is no character") from error

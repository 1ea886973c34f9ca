"""What is said about a request that FastAPI could not read or validate."""

from collections.abc import Sequence
from typing import cast

from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue
from pydantic_core import ErrorDetails

from brickline.web.errors import Problem

_JSON = "application/json"
# More than this many errors are not read by anyone, and a body may hold thousands of wrong entries.
_MAX_ERRORS = 50


def invalid_request(error: RequestValidationError, content_type: str | None) -> Problem:
    """Tell malformed JSON (400), a wrong media type (415) and a wrong value (422) apart."""
    details = cast("Sequence[ErrorDetails]", error.errors())
    if _is_malformed_json(details):
        return _malformed_json(details[0])
    # FastAPI hands over the raw bytes where a route wants JSON and the content type says otherwise.
    if isinstance(error.body, bytes):
        return _unsupported_media_type(content_type)
    errors: list[JsonValue] = [_error(entry) for entry in details[:_MAX_ERRORS]]
    count = f"{len(details)} values are" if len(details) != 1 else "1 value is"
    return Problem(
        422,
        f"{count} missing or not valid; see errors.",
        type="/problems/invalid-request",
        title="Invalid Request",
        extensions={"errors": errors},
    )


def unreadable_body(cause: BaseException | None) -> Problem:
    """Say why a body could not be read as JSON, given what the decoder raised."""
    reason = "could not be read"
    if isinstance(cause, UnicodeDecodeError):
        reason = f"is not valid UTF-8 at byte {cause.start}"
    elif isinstance(cause, RecursionError):
        reason = "is nested too deeply"
    return malformed_body(reason)


def _is_malformed_json(details: Sequence[ErrorDetails]) -> bool:
    # FastAPI's own error has a position in the body; a field that holds JSON as text has a name there.
    first = details[0] if details else None
    return first is not None and first["type"] == "json_invalid" and isinstance(first["loc"][-1], int)


def _malformed_json(details: ErrorDetails) -> Problem:
    position = details["loc"][-1]
    reason = details.get("ctx", {}).get("error", details["msg"])
    return malformed_body(f"is not valid JSON at character {position}: {reason}")


def malformed_body(reason: str) -> Problem:
    """Make the problem of a body that is no JSON text; `reason` reads on after "The body"."""
    return Problem(400, f"The body {reason}.", type="/problems/malformed-body", title="Malformed Body")


def _unsupported_media_type(content_type: str | None) -> Problem:
    sent = "no Content-Type" if content_type is None else "another Content-Type"
    detail = f"The request has {sent}; send JSON with the header `Content-Type: {_JSON}`."
    return Problem(415, detail, headers={"Accept": _JSON})


def _error(details: ErrorDetails) -> JsonValue:
    place, *path = details["loc"]
    pointer = "".join(f"/{_escaped(part)}" for part in path)
    return {"in": str(place), "pointer": pointer, "detail": details["msg"].removeprefix("Value error, ")}


def _escaped(part: int | str) -> str:
    """Escape a part of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")

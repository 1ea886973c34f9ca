"""How a route refuses a request."""

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import JsonValue

ABOUT_BLANK = "about:blank"

# RFC 9110 renamed these; older versions of Python know the old names only.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}


class Problem(Exception):
    """Raised to answer a request with a problem (RFC 9457), the one format of every failure.

    `type` is `about:blank` where the status says it all (section 4.2.1). Where clients may want to tell apart
    two problems of one status it is a stable URI reference such as `/problems/insights-pending`, a name to
    compare with rather than a page to fetch. `detail` tells a person what was wrong and what to do.
    `extensions` are further members of the body; the standard members cannot be replaced.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        type: str = ABOUT_BLANK,
        title: str | None = None,
        extensions: Mapping[str, JsonValue] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = HTTPStatus(status)
        self.detail = detail
        self.type = type
        self.title = title or _PHRASES.get(status) or self.status.phrase
        self.extensions = dict(extensions or {})
        self.headers = dict(headers or {})

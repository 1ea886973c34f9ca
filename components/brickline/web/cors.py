"""Which web sites may call from a browser."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from brickline.web.errors import Problem
from brickline.web.problem_response import problem_response

_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "traceparent")
_RESPONSE_HEADERS = ("Location", "Retry-After", "X-Trace-Id")


def cors(origins: Sequence[str]) -> list[Middleware]:
    """Make the middleware for an allow-list; with none, no cross-origin header is ever sent.

    Cookies are not used, so credentials in the sense of CORS stay off.
    """
    if not origins:
        return []
    return [
        Middleware(
            _ProblemCORSMiddleware,
            allow_origins=tuple(origins),
            allow_methods=_METHODS,
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_RESPONSE_HEADERS,
        )
    ]


class _ProblemCORSMiddleware(CORSMiddleware):
    """Starlette's, with its refusals as problems."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        preflight = scope["type"] == "http" and scope["method"] == "OPTIONS"
        headers = Headers(scope=scope) if preflight else Headers()
        if "origin" in headers and "access-control-request-method" in headers:
            response = self._preflight(scope, headers)
            await response(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def _preflight(self, scope: Scope, headers: Headers) -> Response:
        answer = self.preflight_response(request_headers=headers)
        if answer.status_code < 400:
            return answer
        detail = "This origin, method or header is not allowed across origins (BRICKLINE_CORS_ORIGINS)."
        return problem_response(Problem(400, detail, headers={"Vary": answer.headers["Vary"]}), scope)

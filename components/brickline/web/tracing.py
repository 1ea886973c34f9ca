"""The outermost middleware: trace id, access log line, headers that every response carries."""

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brickline.telemetry import get_logger, log_context, new_trace_id, parse_traceparent
from brickline.web.authentication import PUBLIC_PATHS
from brickline.web.request_context import path_of, set_trace_id, tenant_of

log = get_logger(__name__)

# A path may be as long as a request's head; a log line should not.
_MAX_LOGGED_PATH = 500


class TracingMiddleware:
    """Gives each request a trace: the caller's, if its `traceparent` is valid, else a new one."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its trace id bound to the log."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        trace_id = _trace_id(scope)
        set_trace_id(scope, trace_id)
        started = time.perf_counter()
        status: int | None = None

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])  # an HTTPStatus would print as its name
                headers = MutableHeaders(scope=message)
                headers["X-Trace-Id"] = trace_id
                headers["X-Content-Type-Options"] = "nosniff"
            await send(message)

        with log_context(service=self._service, trace_id=trace_id):
            try:
                await self._app(scope, receive, watch)
            finally:
                _log_access(scope, status, time.perf_counter() - started)


def _trace_id(scope: Scope) -> str:
    sent = Headers(scope=scope).getlist("traceparent")
    # Section 3.2 of W3C Trace Context: more than one is as good as none.
    return (parse_traceparent(sent[0]) if len(sent) == 1 else None) or new_trace_id()


def _log_access(scope: Scope, status: int | None, seconds: float) -> None:
    # A probe that passes every few seconds is no news.
    probe = scope["path"] in PUBLIC_PATHS and status == 200
    write = log.debug if probe else log.info
    write(
        "request",
        method=scope.get("method", "WEBSOCKET"),
        path=path_of(scope)[:_MAX_LOGGED_PATH],
        status=status,
        duration_ms=round(seconds * 1000, 3),
        tenant=tenant_of(scope),
    )

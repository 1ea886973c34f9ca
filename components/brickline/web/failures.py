"""The middleware for failures outside the routes, and for those that nobody foresaw."""

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brickline.telemetry import get_logger
from brickline.web.problems import answer_failure

log = get_logger(__name__)


class FailureMiddleware:
    """Answers what other middleware raises, and unexpected errors, with a problem.

    Inside CORS, so that a browser may read the answer, and instead of Starlette's own last resort, which
    raises the error again for the server to log a second time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if started:  # too late for an answer; the server cuts what is incomplete, so the client notices
                log.exception("failed after the response had begun")
                return
            response = await answer_failure(Request(scope), error)
            await response(scope, receive, send)

"""Every failure becomes a problem here."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from brickline.telemetry import get_logger
from brickline.web.errors import Problem
from brickline.web.problem_response import problem_response
from brickline.web.validation import invalid_request, unreadable_body

log = get_logger(__name__)

_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
# What the framework says about an unreadable body, before it tells the cause.
_RETRY_AFTER_S = "1"
_UNREADABLE = "There was an error parsing the body"


async def answer_failure(request: Request, error: Exception) -> Response:
    """Answer a request that ended in `error`; what nobody foresaw is logged and told without internals."""
    return problem_response(_to_problem(request, error), request.scope)


async def answer_unavailable(request: Request, error: Exception) -> Response:
    """Answer a request that needs what is away for now; nothing of it was done."""
    log.warning("unavailable", reason=str(error))
    detail = "Something this service depends on cannot be reached. Nothing was changed; try again shortly."
    problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": _RETRY_AFTER_S})
    return problem_response(problem, request.scope)


def _to_problem(request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return invalid_request(error, request.headers.get("content-type"))
    if isinstance(error, HTTPException):
        return _from_http_exception(request, error)
    log.exception("unexpected error while answering a request")
    return Problem(500, "Something unexpected went wrong; it is logged under this trace_id.")


def _from_http_exception(request: Request, error: HTTPException) -> Problem:
    if error.status_code == HTTPStatus.BAD_REQUEST and error.detail == _UNREADABLE:
        return unreadable_body(error.__cause__)
    phrase = HTTPStatus(error.status_code).phrase
    detail = phrase if error.detail is None else str(error.detail)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed_methods(request)
        detail = f"This path does not take {request.method}; it takes {headers['Allow']}."
    elif error.status_code == HTTPStatus.NOT_FOUND and detail == phrase:
        detail = "There is nothing at this path; /openapi.json lists what there is."
    return Problem(error.status_code, detail, headers=headers)


def _allowed_methods(request: Request) -> str:
    """Collect the methods of every route at the path; the router names only those of the first."""
    routes: Sequence[BaseRoute] = request.app.routes
    allowed = [method for method in _METHODS if _matches(routes, request.scope, method)]
    return ", ".join(allowed)


def _matches(routes: Sequence[BaseRoute], scope: Scope, method: str) -> bool:
    probe = {"type": "http", "method": method, "path": scope["path"], "root_path": "", "headers": []}
    return any(route.matches(dict(probe))[0] is Match.FULL for route in routes)

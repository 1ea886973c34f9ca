"""The HTTP side of a service: one FastAPI factory and one server around it.

`create_app` gives every service the same authentication, errors (RFC 9457), trace ids, limits, CORS and
health routes; `run_server` serves it inside a running event loop. Routes take `CurrentRequest` to learn who
calls, and raise `Problem` to refuse.
"""

from brickline.web.app import Lifespan, create_app
from brickline.web.errors import Problem
from brickline.web.request_context import CurrentOperator, CurrentRequest, RequestContext
from brickline.web.server import run_server

__all__ = [
    "CurrentOperator",
    "CurrentRequest",
    "Lifespan",
    "Problem",
    "RequestContext",
    "create_app",
    "run_server",
]

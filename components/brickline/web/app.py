"""The one factory of the workspace's HTTP applications."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from fastapi import APIRouter, Depends, FastAPI, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from brickline.settings import HttpSettings
from brickline.telemetry import Health
from brickline.web.authentication import AuthenticationMiddleware
from brickline.web.body_limit import BodyLimitMiddleware
from brickline.web.cors import cors
from brickline.web.errors import Problem
from brickline.web.failures import FailureMiddleware
from brickline.web.health_routes import health_router
from brickline.web.metrics_route import metrics_router
from brickline.web.problem_response import PROBLEM_SCHEMA
from brickline.web.problems import answer_failure, answer_unavailable
from brickline.web.surrogates import refuse_lone_surrogates
from brickline.web.tracing import TracingMiddleware

Lifespan: TypeAlias = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""Entered before the first request, left after the last; keep what routes need in `app.state`."""


def create_app(
    *,
    service: str,
    health: Health,
    settings: HttpSettings,
    routers: Sequence[APIRouter] = (),
    lifespan: Lifespan | None = None,
    unavailable: Sequence[type[Exception]] = (),
) -> FastAPI:
    """Make the application of `service` from its routes; does no I/O.

    Every path but the health routes and `/metrics` wants an API key, be it unknown or documentation (`/docs`,
    `/openapi.json`); those below `/operator/` want an operator's. Every failure is a problem (RFC 9457). The
    exception types in `unavailable`, which tell that something the service depends on is away, are answered
    with 503 and `Retry-After`.
    """
    app = FastAPI(
        title=f"Brickline {service}",
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would be an answer in another format, built from the Host header
        responses={"default": PROBLEM_SCHEMA},
        exception_handlers={
            Problem: answer_failure,
            HTTPException: answer_failure,
            RequestValidationError: answer_failure,
            **dict.fromkeys(unavailable, answer_unavailable),
        },
        middleware=[  # outermost first
            Middleware(TracingMiddleware, service=service),
            *cors(settings.cors_origins),
            Middleware(FailureMiddleware),
            Middleware(
                AuthenticationMiddleware,
                api_keys=settings.api_keys,
                operator_keys=settings.operator_keys,
            ),
            Middleware(BodyLimitMiddleware, max_bytes=settings.max_request_bytes),
        ],
    )
    app.include_router(health_router(health))
    app.include_router(metrics_router())
    # The key is checked by the middleware; declared here so that OpenAPI tells clients.
    key = Security(HTTPBearer(auto_error=False, description="An API key"))
    for router in routers:
        app.include_router(router, dependencies=[key, Depends(refuse_lone_surrogates)])
    return app

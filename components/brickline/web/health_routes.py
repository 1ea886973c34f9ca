"""The routes that an orchestrator probes."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from brickline.telemetry import Health


def health_router(health: Health) -> APIRouter:
    """Serve `/health` and `/health/ready`, open to anyone.

    A service that is not ready answers 503 with the same report as when it is, since the report is what was
    asked for; it is no problem document.
    """
    router = APIRouter(tags=["health"])

    async def live() -> JSONResponse:
        """Whether the process lives."""
        return JSONResponse(health.liveness())

    async def ready() -> JSONResponse:
        """Whether the service can do its work, and if not, why."""
        readiness = await health.readiness()
        return JSONResponse(readiness.body(), readiness.http_status)

    router.add_api_route("/health", live, methods=["GET"])
    router.add_api_route("/health/ready", ready, methods=["GET"])
    router.add_api_route("/health", live, methods=["HEAD"], include_in_schema=False)
    router.add_api_route("/health/ready", ready, methods=["HEAD"], include_in_schema=False)
    return router

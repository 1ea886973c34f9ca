"""The route that Prometheus scrapes."""

from fastapi import APIRouter, Response

from brickline.telemetry import METRICS


def metrics_router() -> APIRouter:
    """Serve `/metrics`, open to anyone who can reach the port, as the health routes are.

    Without a key because scrapers have none by default, and nothing of a tenant is in it: labels name
    services, groups, topics and outcomes. It does tell how much is going on: where strangers reach this port,
    let the proxy in front of it keep the path to itself.
    """
    router = APIRouter(tags=["metrics"])

    async def metrics() -> Response:
        """What the service counts, in Prometheus' text format."""
        return Response(await METRICS.scrape(), media_type=METRICS.content_type)

    router.add_api_route("/metrics", metrics, methods=["GET"], response_class=Response)
    router.add_api_route("/metrics", metrics, methods=["HEAD"], include_in_schema=False)
    return router

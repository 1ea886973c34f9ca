"""The HTTP client that the SDKs are given. Imports httpx2, so it is imported only where an SDK is."""

from collections.abc import AsyncIterator
from typing import cast

import httpx2

from brickline.llm_providers.over_http.client_options import (
    KEEP_IDLE_S,
    LONGEST_BODY,
    BodyTooLong,
    connect_timeout,
    uses_proxies,
)


def open_http(url: str) -> httpx2.AsyncClient:
    """A client for the server at `url`: no redirects (they would take the key along), no endless bodies."""
    return httpx2.AsyncClient(
        follow_redirects=False,
        trust_env=uses_proxies(url),
        # As many connections as there are calls: how many may be made is decided elsewhere.
        limits=httpx2.Limits(keepalive_expiry=KEEP_IDLE_S),
        event_hooks={"request": [_bound_connecting], "response": [_bound_body]},
    )


class _BoundedBody(httpx2.AsyncByteStream):
    def __init__(self, body: httpx2.AsyncByteStream) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._body:
            size += len(chunk)
            if size > LONGEST_BODY:
                raise BodyTooLong
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


async def _bound_body(response: httpx2.Response) -> None:
    response.stream = _BoundedBody(cast("httpx2.AsyncByteStream", response.stream))


async def _bound_connecting(request: httpx2.Request) -> None:
    """Not every SDK lets a connection have a time limit of its own."""
    limits: dict[str, float | None] = request.extensions.get("timeout", {})
    if (whole := limits.get("read")) is not None:
        connect = connect_timeout(whole)
        request.extensions["timeout"] = {**limits, "connect": connect, "pool": connect}

"""The middleware that lets in whoever sends an API key, and nobody else."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from brickline.settings import ApiKeys
from brickline.web.errors import Problem
from brickline.web.request_context import set_tenant

# Orchestrators probe these without a key.
PUBLIC_PATHS = frozenset({"/health", "/health/ready"})

_WHAT_TO_SEND = "Send the header `Authorization: Bearer <API key>`"


class AuthenticationMiddleware:
    """Wants `Authorization: Bearer <API key>` on every path but the health routes, known or not."""

    def __init__(self, app: ASGIApp, api_keys: ApiKeys) -> None:
        self._app = app
        self._api_keys = api_keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the tenant and pass the request on; raises Problem (401)."""
        public = scope["type"] == "http" and scope["path"] in PUBLIC_PATHS
        if scope["type"] in ("http", "websocket") and not public:
            try:
                set_tenant(scope, self._tenant(Headers(scope=scope).getlist("authorization")))
            except Problem:
                if scope["type"] == "http":
                    raise
                await send({"type": "websocket.close", "code": 1008, "reason": _WHAT_TO_SEND})
                return
        await self._app(scope, receive, send)

    def _tenant(self, headers: list[str]) -> str:
        if not headers:
            raise _unauthorized(f"This request has no API key. {_WHAT_TO_SEND}.")
        scheme, _, key = headers[0].partition(" ")
        if len(headers) > 1 or scheme.lower() != "bearer" or not key.strip():
            raise _unauthorized(f"This Authorization header is not of the form wanted. {_WHAT_TO_SEND}.")
        tenant = self._api_keys.tenant_of(key.strip())
        if tenant is None:
            raise _unauthorized(
                f"This API key is unknown. {_WHAT_TO_SEND} with a valid one.", "invalid_token"
            )
        return tenant


def _unauthorized(detail: str, error: str | None = None) -> Problem:
    # RFC 6750, section 3.1: an error code only where a token was sent.
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})

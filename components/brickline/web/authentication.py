"""The middleware that lets in whoever sends an API key, and nobody else."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from brickline.settings import ApiKeys
from brickline.web.errors import Problem
from brickline.web.request_context import set_operator, set_tenant

# Orchestrators probe these, and Prometheus scrapes the last, without a key: nothing of a tenant is in them.
PUBLIC_PATHS = frozenset({"/health", "/health/ready", "/metrics"})

_OPERATORS_ONLY = "/operator"

_WHAT_TO_SEND = "Send the header `Authorization: Bearer <API key>`"


class AuthenticationMiddleware:
    """Wants `Authorization: Bearer <API key>` on every path but the public ones, known or not.

    Below `/operator/` the key has to be an operator's, and everywhere else a tenant's. Where no operator has
    a key there is nothing below `/operator/`.
    """

    def __init__(self, app: ASGIApp, api_keys: ApiKeys, operator_keys: ApiKeys) -> None:
        self._app = app
        self._api_keys = api_keys
        self._operator_keys = operator_keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who calls and pass the request on; raises Problem (401, 403, 404)."""
        public = scope["type"] == "http" and scope["path"] in PUBLIC_PATHS
        if scope["type"] in ("http", "websocket") and not public:
            try:
                self._admit(scope, _key(Headers(scope=scope).getlist("authorization")))
            except Problem as problem:
                if scope["type"] == "http":
                    raise
                reason = _WHAT_TO_SEND if problem.status == 401 else "This API key is not for this path"
                await send({"type": "websocket.close", "code": 1008, "reason": reason})
                return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope, key: str) -> None:
        """Note whose key it is, if it opens the path."""
        tenant, operator = self._api_keys.tenant_of(key), self._operator_keys.tenant_of(key)
        if tenant is None and operator is None:
            raise _unauthorized(
                f"This API key is unknown. {_WHAT_TO_SEND} with a valid one.", "invalid_token"
            )
        for_operators = scope["path"] == _OPERATORS_ONLY or scope["path"].startswith(f"{_OPERATORS_ONLY}/")
        if for_operators and not self._operator_keys:
            raise Problem(404, "There is nothing at this path: no operator has a key to this service.")
        if for_operators and operator is not None:
            set_operator(scope, operator)
        elif not for_operators and tenant is not None:
            set_tenant(scope, tenant)
        elif for_operators:
            raise Problem(403, "This API key is a tenant's; this path is for operators, who have their own.")
        else:
            raise Problem(
                403, f"This API key is an operator's; it opens {_OPERATORS_ONLY}/ and nothing else."
            )


def _key(headers: list[str]) -> str:
    if not headers:
        raise _unauthorized(f"This request has no API key. {_WHAT_TO_SEND}.")
    scheme, _, key = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not key.strip():
        raise _unauthorized(f"This Authorization header is not of the form wanted. {_WHAT_TO_SEND}.")
    return key.strip()


def _unauthorized(detail: str, error: str | None = None) -> Problem:
    # RFC 6750, section 3.1: an error code only where a token was sent.
    challenge = f'Bearer error="{error}"' if error else "Bearer"
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})

"""Who calls, and under which trace: what a route may know about its request."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.types import Scope

_TENANT = "brickline.tenant"
_OPERATOR = "brickline.operator"
_TRACE_ID = "brickline.trace_id"


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The tenant whose key was sent, and the trace the request belongs to (32 hex digits)."""

    tenant: str
    trace_id: str


async def _request_context(connection: HTTPConnection) -> RequestContext:
    return RequestContext(tenant=connection.scope[_TENANT], trace_id=connection.scope[_TRACE_ID])


CurrentRequest: TypeAlias = Annotated[RequestContext, Depends(_request_context)]
"""A parameter of this type receives the request's context: `async def route(request: CurrentRequest)`."""


async def _operator(connection: HTTPConnection) -> str:
    operator: str = connection.scope[_OPERATOR]
    return operator


CurrentOperator: TypeAlias = Annotated[str, Depends(_operator)]
"""A parameter of this type receives the name of the operator who calls; only below `/operator/`."""


def set_operator(scope: Scope, name: str) -> None:
    """Note which operator calls."""
    scope[_OPERATOR] = name


def set_tenant(scope: Scope, tenant: str) -> None:
    """Note who calls."""
    scope[_TENANT] = tenant


def set_trace_id(scope: Scope, trace_id: str) -> None:
    """Note the trace of the request."""
    scope[_TRACE_ID] = trace_id


def tenant_of(scope: Scope) -> str | None:
    """Give the tenant, None before authentication and on the health routes."""
    tenant: str | None = scope.get(_TENANT)
    return tenant


def trace_id_of(scope: Scope) -> str | None:
    """Give the trace id, None outside the tracing middleware."""
    trace_id: str | None = scope.get(_TRACE_ID)
    return trace_id


def path_of(scope: Scope) -> str:
    """Give the path as it was sent, percent-encoded: safe in a header, a log line and a URI reference."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("ascii", "backslashreplace")

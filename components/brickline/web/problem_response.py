"""A problem on the wire."""

import json

from pydantic import JsonValue
from starlette.responses import Response
from starlette.types import Scope

from brickline.web.errors import Problem
from brickline.web.request_context import path_of, trace_id_of

MEDIA_TYPE = "application/problem+json"


def problem_response(problem: Problem, scope: Scope) -> Response:
    """Answer with `problem`, saying which request and trace it is about."""
    standard: dict[str, JsonValue] = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status.value,
        "detail": problem.detail,
        "instance": path_of(scope),
        "trace_id": trace_id_of(scope),
    }
    # Standard members stand first, and no extension replaces them.
    body = {**standard, **problem.extensions, **standard}
    # ASCII: names of unknown fields are echoed, and a lone surrogate among them has no UTF-8 form.
    return Response(json.dumps(body), problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


PROBLEM_SCHEMA: dict[str, object] = {
    "description": "A problem (RFC 9457): every failure has this form.",
    "content": {
        MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "instance", "trace_id"],
                "properties": {
                    "type": {"type": "string", "format": "uri-reference"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "instance": {"type": "string", "format": "uri-reference"},
                    "trace_id": {"type": "string"},
                    "errors": {
                        "type": "array",
                        "description": "What is wrong where, for a request that is not valid.",
                        "items": {
                            "type": "object",
                            "required": ["in", "pointer", "detail"],
                            "properties": {
                                "in": {"enum": ["body", "query", "path", "header", "cookie"]},
                                "pointer": {"type": "string", "format": "json-pointer"},
                                "detail": {"type": "string"},
                            },
                        },
                    },
                },
            }
        }
    },
}
"""How OpenAPI describes a problem."""

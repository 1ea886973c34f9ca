"""OpenAI's Chat Completions."""

from typing import Any, Literal

from pydantic import Field

from support.vendors.pretended import told_schema, written
from support.vendors.server import KEY, Request, Said, VendorServer
from support.vendors.shapes import Strict, misfit, nodes, open_object, unknown_keyword
from support.vendors.steps import Says

_STRICT_KEYWORDS = {
    *("type", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs", "enum"),
    *("description", "minItems", "maxItems", "minimum", "maximum", "multipleOf"),
}
_ENDINGS = {"done": "stop", "cut off": "length", "refused": "stop", "filtered": "content_filter"}


class _Message(Strict):
    role: Literal["developer", "system", "user", "assistant"]
    content: str


class _JsonSchema(Strict):
    name: str
    strict: bool = False
    schema_: dict[str, Any] = Field(alias="schema")


class _Format(Strict):
    type: Literal["json_schema", "json_object"]
    json_schema: _JsonSchema | None = None


class _Body(Strict):
    model: str
    messages: list[_Message]
    response_format: _Format
    max_completion_tokens: int
    service_tier: Literal["auto", "default", "flex", "priority"]


class OpenAIServer(VendorServer):
    """Takes what api.openai.com takes; `knows_schemas=False`: as its older models do."""

    shape: type[Strict] = _Body

    def __init__(self, *, knows_schemas: bool = True) -> None:
        super().__init__(Says())
        self.knows_schemas = knows_schemas

    @property
    def base_url(self) -> str:
        return f"{self.root}/v1"

    def may_enter(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {KEY}"

    def complaint(self, request: Request) -> str | None:
        if request.path != "POST /v1/chat/completions":
            return f"Unknown request URL: {request.path}"
        if wrong := misfit(self.shape, request.body):
            return wrong
        output = request.body["response_format"]
        if output["type"] == "json_object":
            said = "".join(message["content"] for message in request.body["messages"])
            return None if "json" in said.lower() else "'messages' must contain the word 'json' in some form"
        if not self.knows_schemas:
            return (
                "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."
            )
        return _schema_complaint(output["json_schema"]["schema"])

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}

    def reply(self, request: Request, said: Said) -> dict[str, Any]:
        refusal = "I'm sorry, I cannot assist with that." if said.ending == "refused" else None
        text = written(self.schema(request), self.text(request), said.text)
        message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": f"{request.body['model']}-2026-01-01",
            "choices": [{"index": 0, "message": message, "finish_reason": _ENDINGS[said.ending]}],
            **({"usage": _usage(said.usage)} if said.usage else {}),
        }

    def schema(self, request: Request) -> dict[str, Any]:
        output = request.body.get("response_format", {})
        if output.get("type") == "json_schema":
            found: dict[str, Any] = output["json_schema"]["schema"]
            return found
        return told_schema(request.body["messages"][0]["content"])

    def text(self, request: Request) -> str:
        return str(request.body["messages"][1]["content"])


def _schema_complaint(schema: dict[str, Any]) -> str | None:
    if keyword := unknown_keyword(schema, _STRICT_KEYWORDS):
        return f"Invalid schema for response_format 'output': '{keyword}' is not permitted."
    if open_object(schema):
        return "Invalid schema for response_format 'output': 'additionalProperties' is required to be false"
    for node in nodes(schema):
        if {*node.get("properties", {})} != {*node.get("required", [])}:
            return "Invalid schema for response_format 'output': 'required' has to name every property"
    return None


def _usage(usage: Any) -> dict[str, Any]:
    outputs = usage["out"] + usage.get("thought", 0)
    return {
        "prompt_tokens": usage["in"] + usage.get("cached", 0),
        "completion_tokens": outputs,
        "total_tokens": usage["in"] + usage.get("cached", 0) + outputs,
        "prompt_tokens_details": {"cached_tokens": usage.get("cached", 0)},
        "completion_tokens_details": {"reasoning_tokens": usage.get("thought", 0)},
    }

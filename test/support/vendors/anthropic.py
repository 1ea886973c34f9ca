"""Anthropic's Messages."""

import json
from typing import Any, Literal

from pydantic import Field

from support.vendors.pretended import written
from support.vendors.server import KEY, Request, Said, VendorServer
from support.vendors.shapes import Strict, misfit, open_object, unknown_keyword
from support.vendors.steps import Says

_KEYWORDS = {
    *("type", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "$defs", "enum"),
    "description",
}
# The first there was, and the one that the SDK asks for since its second major version.
_VERSIONS = ("2023-06-01", "2026-10-21")
_ENDINGS = {"done": "end_turn", "cut off": "max_tokens", "refused": "refusal", "filtered": "refusal"}


class _Message(Strict):
    role: Literal["user", "assistant"]
    content: str


class _Format(Strict):
    type: Literal["json_schema"]
    schema_: dict[str, Any] = Field(alias="schema")


class _Output(Strict):
    format: _Format


class _Tool(Strict):
    name: str
    description: str
    input_schema: dict[str, Any]


class _Choice(Strict):
    type: Literal["tool"]
    name: str
    disable_parallel_tool_use: bool


class _Body(Strict):
    model: str
    system: str
    messages: list[_Message]
    max_tokens: int
    output_config: _Output | None = None
    tools: list[_Tool] = Field(default=[])
    tool_choice: _Choice | None = None


class AnthropicServer(VendorServer):
    """Takes what api.anthropic.com takes; `knows_schemas=False`: as its older models do."""

    def __init__(self, *, knows_schemas: bool = True) -> None:
        super().__init__(Says())
        self.knows_schemas = knows_schemas

    @property
    def base_url(self) -> str:
        return self.root

    def may_enter(self, request: Request) -> bool:
        given = request.headers.get("x-api-key") or request.headers.get("authorization", "")
        return given.removeprefix("Bearer ") == KEY

    def complaint(self, request: Request) -> str | None:
        if request.path != "POST /v1/messages":
            return f"no such path: {request.path}"
        if request.headers.get("anthropic-version") not in _VERSIONS:
            return "anthropic-version: header is required"
        if wrong := misfit(_Body, request.body):
            return wrong
        if not all(message["content"].strip() for message in request.body["messages"]):
            return "messages: text content blocks must contain non-whitespace text"
        if "output_config" not in request.body:
            return None if request.body.get("tools") else "nothing says what to answer with"
        if not self.knows_schemas:
            return f"'{request.body['model']}' does not support output_config.format"
        schema = request.body["output_config"]["format"]["schema"]
        if keyword := unknown_keyword(schema, _KEYWORDS):
            return f"output_config.format.schema: property '{keyword}' is not supported"
        if open_object(schema):
            return "output_config.format.schema: 'additionalProperties' must be explicitly set to false"
        return None

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"type": "error", "error": {"type": "some_error", "message": message}, "request_id": "req_1"}

    def reply(self, request: Request, said: Said) -> dict[str, Any]:
        asked = request.body
        tool = asked["tools"][0] if asked.get("tools") else None
        schema = tool["input_schema"] if tool else asked["output_config"]["format"]["schema"]
        text = written(schema, asked["messages"][0]["content"], said.text)
        refused = said.ending in ("refused", "filtered")
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": f"{asked['model']}-20260101",
            "content": [] if refused else [_block(tool, text)],
            "stop_reason": "tool_use" if tool and said.ending == "done" else _ENDINGS[said.ending],
            "stop_sequence": None,
            **({"usage": _usage(said.usage)} if said.usage else {}),
        }


def _block(tool: dict[str, Any] | None, text: str) -> dict[str, Any]:
    if tool is None:
        return {"type": "text", "text": text}
    return {"type": "tool_use", "id": "toolu_1", "name": tool["name"], "input": json.loads(text)}


def _usage(usage: Any) -> dict[str, Any]:
    return {
        "input_tokens": usage["in"],
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.get("cached", 0),
        "output_tokens": usage["out"] + usage.get("thought", 0),
    }

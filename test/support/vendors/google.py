"""Gemini's generateContent."""

from typing import Any, Literal

from support.vendors.pretended import told_schema, written
from support.vendors.server import KEY, Request, Said, VendorServer
from support.vendors.shapes import Strict, misfit, unknown_keyword
from support.vendors.steps import Says

_KEYWORDS = {
    *("type", "format", "title", "description", "enum", "items", "prefixItems", "minItems", "maxItems"),
    *("minimum", "maximum", "anyOf", "oneOf", "properties", "additionalProperties", "required"),
    *("$ref", "$defs", "$id", "$anchor", "propertyOrdering"),
}
_ENDINGS = {"done": "STOP", "cut off": "MAX_TOKENS", "refused": "SAFETY", "filtered": "RECITATION"}


class _Part(Strict):
    text: str


class _Content(Strict):
    role: Literal["user", "model"]
    parts: list[_Part]


class _Generation(Strict):
    maxOutputTokens: int
    responseMimeType: Literal["application/json"]
    responseJsonSchema: dict[str, Any] | None = None


class _Body(Strict):
    contents: list[_Content]
    systemInstruction: _Content
    generationConfig: _Generation


class GoogleServer(VendorServer):
    """Takes what generativelanguage.googleapis.com takes; `knows_schemas=False`: as its older models do."""

    def __init__(self, *, knows_schemas: bool = True) -> None:
        super().__init__(Says())
        self.knows_schemas = knows_schemas

    @property
    def base_url(self) -> str:
        return self.root

    def may_enter(self, request: Request) -> bool:
        return request.headers.get("x-goog-api-key") == KEY

    def complaint(self, request: Request) -> str | None:
        if not request.path.startswith("POST /v1beta/models/") or not request.path.endswith(
            ":generateContent"
        ):
            return f"no such path: {request.path}"
        if wrong := misfit(_Body, request.body):
            return f"Invalid JSON payload received: {wrong}"
        schema = request.body["generationConfig"].get("responseJsonSchema")
        if schema is not None and not self.knows_schemas:
            return "response_json_schema is not supported for this model"
        if schema is not None and (keyword := unknown_keyword(schema, _KEYWORDS)):
            return f"Unknown name \"{keyword}\" at 'generation_config.response_json_schema'"
        return None

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}

    def reply(self, request: Request, said: Said) -> dict[str, Any]:
        config = request.body["generationConfig"]
        told = request.body["systemInstruction"]["parts"][0]["text"]
        schema = config.get("responseJsonSchema") or told_schema(told)
        text = written(schema, request.body["contents"][0]["parts"][0]["text"], said.text)
        parts = [{"text": "Let me think.", "thought": True}, {"text": text}]
        refused = said.ending in ("refused", "filtered")
        candidate: dict[str, Any] = {"finishReason": _ENDINGS[said.ending], "index": 0}
        if not refused:
            candidate["content"] = {"role": "model", "parts": parts}
        model = request.path.rpartition("/")[2].removesuffix(":generateContent")
        return {
            "candidates": [candidate],
            "modelVersion": f"{model}-001",
            **({"usageMetadata": _usage(said.usage)} if said.usage else {}),
        }


def _usage(usage: Any) -> dict[str, Any]:
    prompt = usage["in"] + usage.get("cached", 0)
    return {
        "promptTokenCount": prompt,
        "cachedContentTokenCount": usage.get("cached", 0),
        "candidatesTokenCount": usage["out"],
        "thoughtsTokenCount": usage.get("thought", 0),
        "totalTokenCount": prompt + usage["out"] + usage.get("thought", 0),
    }

"""A server such as Ollama or vLLM, which speaks OpenAI's format in its own dialect."""

from typing import Any, Literal

from support.vendors.openai import OpenAIServer, _Format, _Message
from support.vendors.server import KEY, Request
from support.vendors.shapes import Strict, misfit


class _Body(Strict):
    model: str
    messages: list[_Message]
    response_format: _Format | None = None
    max_tokens: int
    stream: Literal[False]


class CompatibleServer(OpenAIServer):
    """Knows so many of the forms in which an answer can be asked for: the schema, JSON, or none."""

    def __init__(
        self, *, forms: tuple[str, ...] = ("json_schema", "json_object"), key: str | None = KEY
    ) -> None:
        super().__init__()
        self.forms = forms
        self.key = key

    def may_enter(self, request: Request) -> bool:
        given = request.headers.get("authorization")
        return given is None if self.key is None else given == f"Bearer {self.key}"

    def complaint(self, request: Request) -> str | None:
        if request.path != "POST /v1/chat/completions":
            return f"no route for {request.path}"
        form = (request.body.get("response_format") or {}).get("type")
        if form is not None and form not in self.forms:
            return f"This response_format type is unavailable now: {form}"
        return misfit(_Body, request.body)

    def error(self, status: int, message: str) -> dict[str, Any]:
        return {"object": "error", "message": message, "code": status}

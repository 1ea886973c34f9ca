"""Anthropic's Messages, by way of its SDK."""

from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr

from brickline.llm_providers.anthropic_reply import read_message
from brickline.llm_providers.over_http.http_provider import HttpProvider
from brickline.llm_providers.over_http.output_forms import FormNotKnown, OutputForm
from brickline.llm_providers.over_http.schema_fit import Dialect, fit
from brickline.llm_providers.over_http.turns import instructions, messages
from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import ProviderRequest, ProviderResponse

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

# Structured outputs take no bounds at all.
_NATIVE = Dialect(keeps=frozenset())
_TOOL = "answer"


class AnthropicProvider(HttpProvider["AsyncAnthropic"]):
    """Answers by a model of Anthropic, by structured outputs; by a forced tool where a model has none.

    `key_name` says where the key came from, for messages.
    """

    name = "anthropic"

    def __init__(
        self, model: str, key: SecretStr, *, base_url: str | None = None, key_name: str = "ANTHROPIC_API_KEY"
    ) -> None:
        vendor = Vendor(self.name, model, base_url or "https://api.anthropic.com", key, key_name)
        super().__init__(vendor, OutputForm.SCHEMA, OutputForm.TOOL)

    def _open(self) -> "AsyncAnthropic":
        from anthropic import AsyncAnthropic

        from brickline.llm_providers.over_http.sdk_http import open_http

        url = self._vendor.url
        return AsyncAnthropic(
            api_key=self._vendor.secret, base_url=url, max_retries=0, http_client=open_http(url)
        )

    async def _close(self, client: "AsyncAnthropic") -> None:
        await client.close()

    async def _ask(
        self, client: "AsyncAnthropic", request: ProviderRequest, form: OutputForm
    ) -> ProviderResponse:
        import httpx2

        response = await client.post(
            "/v1/messages",
            cast_to=httpx2.Response,
            body=_body(self.model, request, form),
            options={"timeout": request.timeout_s},
        )
        return read_message(self._vendor, response.content)


def _body(model: str, request: ProviderRequest, form: OutputForm) -> dict[str, JsonValue]:
    body: dict[str, JsonValue] = {
        "model": model,
        "system": instructions(request),
        "messages": messages(request),
        "max_tokens": request.max_output_tokens,
    }
    if form is OutputForm.TOOL:
        schema: JsonValue = dict(request.schema)
        tool: JsonValue = {"name": _TOOL, "description": "Takes the answer.", "input_schema": schema}
        choice: JsonValue = {"type": "tool", "name": _TOOL, "disable_parallel_tool_use": True}
        return {**body, "tools": [tool], "tool_choice": choice}
    fitted = fit(request.schema, _NATIVE)
    if fitted is None:
        raise FormNotKnown
    return {**body, "output_config": {"format": {"type": "json_schema", "schema": fitted}}}

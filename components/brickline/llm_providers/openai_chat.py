"""OpenAI's Chat Completions, by way of its SDK."""

from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr

from brickline.llm_providers.over_http.chat_reply import read_chat_reply
from brickline.llm_providers.over_http.http_provider import HttpProvider
from brickline.llm_providers.over_http.output_forms import FormNotKnown, OutputForm, in_words
from brickline.llm_providers.over_http.schema_fit import Dialect, fit
from brickline.llm_providers.over_http.turns import instructions, messages
from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import ProviderRequest, ProviderResponse

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Of strict structured outputs. The lengths of strings are refused by some models, so they are said in words.
_STRICT = Dialect(
    keeps=frozenset({"minItems", "maxItems", "minimum", "maximum", "multipleOf"}), all_required=True
)


class OpenAIProvider(HttpProvider["AsyncOpenAI"]):
    """Answers by a model of OpenAI, held to the schema while it writes where the schema can be said strictly.

    `max_output_tokens` bounds what it reasons too. It is asked at the standard price, whatever the
    project's default. `key_name` says where the key came from, for messages.
    """

    name = "openai"

    def __init__(
        self, model: str, key: SecretStr, *, base_url: str | None = None, key_name: str = "OPENAI_API_KEY"
    ) -> None:
        vendor = Vendor(self.name, model, base_url or "https://api.openai.com/v1", key, key_name)
        super().__init__(vendor, OutputForm.SCHEMA, OutputForm.JSON)

    def _open(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        from brickline.llm_providers.over_http.sdk_http import open_http

        url = self._vendor.url
        return AsyncOpenAI(
            api_key=self._vendor.secret, base_url=url, max_retries=0, http_client=open_http(url)
        )

    async def _close(self, client: "AsyncOpenAI") -> None:
        await client.close()

    async def _ask(
        self, client: "AsyncOpenAI", request: ProviderRequest, form: OutputForm
    ) -> ProviderResponse:
        import httpx2

        response = await client.post(
            "/chat/completions",
            cast_to=httpx2.Response,
            body=_body(self.model, request, form),
            options={"timeout": request.timeout_s},
        )
        return read_chat_reply(self._vendor, response.content)


def _body(model: str, request: ProviderRequest, form: OutputForm) -> dict[str, JsonValue]:
    said = instructions(request)
    if form is OutputForm.SCHEMA:
        schema = fit(request.schema, _STRICT)
        if schema is None:
            raise FormNotKnown
        output: JsonValue = {"name": "output", "strict": True, "schema": schema}
        response_format: JsonValue = {"type": "json_schema", "json_schema": output}
    else:
        said += in_words(request.schema)
        response_format = {"type": "json_object"}
    return {
        "model": model,
        "messages": [{"role": "system", "content": said}, *messages(request)],
        "response_format": response_format,
        "max_completion_tokens": request.max_output_tokens,
        "service_tier": "default",
    }

"""Google's Gemini, by way of its SDK."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr

from brickline.llm_providers.gemini_reply import read_reply
from brickline.llm_providers.over_http.http_provider import HttpProvider
from brickline.llm_providers.over_http.output_forms import FormNotKnown, OutputForm, bare_json, in_words
from brickline.llm_providers.over_http.schema_fit import Dialect, fit
from brickline.llm_providers.over_http.turns import Turn, instructions, turns
from brickline.llm_providers.over_http.vendor import Vendor
from brickline.llm_routing import ProviderRequest, ProviderResponse

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client, types

# What the documentation of `responseJsonSchema` lists; the lengths of strings are not among it.
_LISTED = Dialect(keeps=frozenset({"minItems", "maxItems", "minimum", "maximum"}), closed=False)


@dataclass(frozen=True, slots=True)
class _Opened:
    sdk: "Client"
    http: "httpx2.AsyncClient"
    """Given to the SDK, which therefore does not close it."""


class GoogleProvider(HttpProvider[_Opened]):
    """Answers by a Gemini model, held to the schema while it writes.

    `max_output_tokens` bounds what it thinks too. `key_name` says where the key came from, for messages.
    """

    name = "google"

    def __init__(
        self, model: str, key: SecretStr, *, base_url: str | None = None, key_name: str = "GEMINI_API_KEY"
    ) -> None:
        url = base_url or "https://generativelanguage.googleapis.com"
        super().__init__(Vendor(self.name, model, url, key, key_name), OutputForm.SCHEMA, OutputForm.JSON)

    def _open(self) -> _Opened:
        from google.genai import Client
        from google.genai.types import HttpOptions

        from brickline.llm_providers.over_http.sdk_http import open_http

        url = self._vendor.url
        http = open_http(url)
        options = HttpOptions(base_url=url, api_version="v1beta", httpx_async_client=http)
        # vertexai is said, or a variable of the environment decides where the documents go.
        return _Opened(Client(vertexai=False, api_key=self._vendor.secret, http_options=options), http)

    async def _close(self, client: _Opened) -> None:
        await client.http.aclose()
        client.sdk.close()

    async def _ask(self, client: _Opened, request: ProviderRequest, form: OutputForm) -> ProviderResponse:
        reply = await client.sdk.aio.models.generate_content(
            model=self.model,
            contents=[_content(turn) for turn in turns(request)],
            config=_config(request, form),
        )
        found = read_reply(self._vendor, reply)
        return replace(found, text=bare_json(found.text))


def _content(turn: Turn) -> "types.Content":
    from google.genai.types import Content, Part

    return Content(role="user" if turn.role == "user" else "model", parts=[Part(text=turn.text)])


def _config(request: ProviderRequest, form: OutputForm) -> "types.GenerateContentConfig":
    from google.genai.types import AutomaticFunctionCallingConfig, GenerateContentConfig, HttpOptions

    said = instructions(request)
    schema: dict[str, JsonValue] | None = None
    if form is OutputForm.SCHEMA:
        schema = fit(request.schema, _LISTED)
        if schema is None:
            raise FormNotKnown
    else:
        said += in_words(request.schema)
    return GenerateContentConfig(
        system_instruction=said,
        max_output_tokens=request.max_output_tokens,
        response_mime_type="application/json",
        response_json_schema=schema,
        automatic_continuation=False,  # it would go on asking, and paying, where an answer is cut off
        automatic_function_calling=AutomaticFunctionCallingConfig(disable=True),
        http_options=HttpOptions(timeout=round(request.timeout_s * 1000)),
    )
